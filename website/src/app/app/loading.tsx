import { SkeletonRows } from "@/ui/states";

export default function Loading() {
  return (
    <div className="grid gap-5">
      <div className="h-8" />
      <SkeletonRows rows={8} />
    </div>
  );
}
