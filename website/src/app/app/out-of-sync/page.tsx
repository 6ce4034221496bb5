import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { SyncCsv } from "@/features/csv/buttons";
import { SyncList } from "@/features/sync/list";
import { ACCOUNTS, COPIERS, Prefetch, REQUESTS } from "@/server/prefetch";
import { PageHead } from "@/ui/page";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("sync"))("title") };
}

export default async function Page() {
  const t = await getTranslations("sync");
  return (
    <Prefetch first={[ACCOUNTS, COPIERS, REQUESTS, { key: ["sync"], path: "/v1/out-of-sync", items: true }]}>
      <PageHead title={t("title")} lead={t("lead")} actions={<SyncCsv />} />
      <SyncList />
    </Prefetch>
  );
}
