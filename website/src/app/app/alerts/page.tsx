import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import * as queries from "@/api/queries";
import { AlertList } from "@/features/alerts/list";
import { AlertsCsv } from "@/features/csv/buttons";
import { firstPage, one, Prefetch } from "@/server/prefetch";
import { PageHead } from "@/ui/page";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("alerts"))("title") };
}

export default async function Page() {
  const t = await getTranslations("alerts");
  return (
    <Prefetch first={[one(queries.accounts), one(queries.copiers), firstPage(queries.alerts)]}>
      <PageHead title={t("title")} lead={t("lead")} actions={<AlertsCsv />} />
      <AlertList />
    </Prefetch>
  );
}
