import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import * as queries from "@/api/queries";
import { SyncCsv } from "@/features/csv/buttons";
import { SyncList } from "@/features/sync/list";
import { one, Prefetch } from "@/server/prefetch";
import { PageHead } from "@/ui/page";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("sync"))("title") };
}

export default async function Page() {
  const t = await getTranslations("sync");
  return (
    <Prefetch first={[one(queries.accounts), one(queries.copiers), one(queries.requests), one(queries.outOfSync)]}>
      <PageHead title={t("title")} lead={t("lead")} actions={<SyncCsv />} />
      <SyncList />
    </Prefetch>
  );
}
