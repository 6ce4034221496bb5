import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { AlertList } from "@/features/alerts/list";
import { AlertsCsv } from "@/features/csv/buttons";
import { ACCOUNTS, COPIERS, Prefetch } from "@/server/prefetch";
import { PageHead } from "@/ui/page";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("alerts"))("title") };
}

export default async function Page() {
  const t = await getTranslations("alerts");
  return (
    <Prefetch first={[ACCOUNTS, COPIERS, { key: ["alert", "list"], path: "/v1/alerts", paged: true }]}>
      <PageHead title={t("title")} lead={t("lead")} actions={<AlertsCsv />} />
      <AlertList />
    </Prefetch>
  );
}
