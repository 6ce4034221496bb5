import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { Skipped } from "@/features/trades/skipped";
import { ACCOUNTS, COPIERS, Prefetch } from "@/server/prefetch";
import { PageHead } from "@/ui/page";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("skipped"))("title") };
}

export default async function Page() {
  const t = await getTranslations("skipped");
  return (
    <Prefetch first={[ACCOUNTS, COPIERS]}>
      <PageHead title={t("title")} lead={t("lead")} />
      <Skipped />
    </Prefetch>
  );
}
