import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import * as queries from "@/api/queries";
import { ActivityList } from "@/features/activity/list";
import { ActivityCsv } from "@/features/csv/buttons";
import { firstPage, one, Prefetch } from "@/server/prefetch";
import { PageHead } from "@/ui/page";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("activity"))("title") };
}

export default async function Page() {
  const t = await getTranslations("activity");
  return (
    <Prefetch first={[one(queries.accounts), one(queries.copiers), firstPage(queries.activity)]}>
      <PageHead title={t("title")} lead={t("lead")} actions={<ActivityCsv />} />
      <ActivityList />
    </Prefetch>
  );
}
