import { SkeletonDetail } from "@/ui/states";

export default function Loading() {
  return <SkeletonDetail />;
}
