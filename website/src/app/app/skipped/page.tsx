import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import * as queries from "@/api/queries";
import { skippedFilterOf } from "@/features/trades/filter";
import { Skipped } from "@/features/trades/skipped";
import { firstPage, one, Prefetch } from "@/server/prefetch";
import { type SearchParams, searchOf } from "@/server/search";
import { PageHead } from "@/ui/page";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("skipped"))("title") };
}

interface Props {
  readonly searchParams: SearchParams;
}

export default async function Page({ searchParams }: Props) {
  const search = await searchOf(searchParams);
  const t = await getTranslations("skipped");
  return (
    <Prefetch
      first={[
        one(queries.accounts),
        one(queries.copiers),
        firstPage((from) => queries.copies(skippedFilterOf(search), from)),
      ]}
    >
      <PageHead title={t("title")} lead={t("lead")} />
      <Skipped />
    </Prefetch>
  );
}
