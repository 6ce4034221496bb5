import { notFound } from "next/navigation";
import type { ReactNode } from "react";
import { readMe } from "@/server/me";
import { Shell } from "@/shell/shell";

/** Shown to support only. The API decides about each call; this only spares others a page that stays empty. */
export default async function Layout({ children }: { readonly children: ReactNode }) {
  if (!(await readMe())?.is_staff) notFound();
  return <Shell>{children}</Shell>;
}
