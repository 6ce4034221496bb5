import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { ActivityList } from "@/features/activity/list";
import { ActivityCsv } from "@/features/csv/buttons";
import { ACCOUNTS, COPIERS, Prefetch } from "@/server/prefetch";
import { PageHead } from "@/ui/page";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("activity"))("title") };
}

export default async function Page() {
  const t = await getTranslations("activity");
  return (
    <Prefetch first={[ACCOUNTS, COPIERS, { key: ["activity"], path: "/v1/activity", paged: true }]}>
      <PageHead title={t("title")} lead={t("lead")} actions={<ActivityCsv />} />
      <ActivityList />
    </Prefetch>
  );
}
