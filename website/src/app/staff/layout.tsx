import { notFound } from "next/navigation";
import type { ReactNode } from "react";
import { readMe } from "@/server/me";
import { Shell } from "@/shell/shell";

/** For support only. The API authorizes each call; this check only spares others an empty page. */
export default async function Layout({ children }: { readonly children: ReactNode }) {
  if (!(await readMe())?.is_staff) notFound();
  return <Shell>{children}</Shell>;
}
