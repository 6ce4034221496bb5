import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import * as queries from "@/api/queries";
import { isUnreadOnly } from "@/features/alerts/groups";
import { AlertList } from "@/features/alerts/list";
import { AlertsCsv } from "@/features/csv/buttons";
import { firstPage, one, Prefetch } from "@/server/prefetch";
import { type SearchParams, searchOf } from "@/server/search";
import { PageHead } from "@/ui/page";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("alerts"))("title") };
}

interface Props {
  readonly searchParams: SearchParams;
}

export default async function Page({ searchParams }: Props) {
  const search = await searchOf(searchParams);
  const t = await getTranslations("alerts");
  return (
    <Prefetch
      first={[
        one(queries.accounts),
        one(queries.copiers),
        firstPage((from) => queries.alerts(isUnreadOnly(search), from)),
      ]}
    >
      <PageHead title={t("title")} lead={t("lead")} actions={<AlertsCsv />} />
      <AlertList />
    </Prefetch>
  );
}
