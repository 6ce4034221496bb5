import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import * as queries from "@/api/queries";
import { TradeBrowser } from "@/features/trades/browser";
import { tradeFilterOf } from "@/features/trades/filter";
import { firstPage, one, Prefetch } from "@/server/prefetch";
import { type SearchParams, searchOf } from "@/server/search";
import { PageHead } from "@/ui/page";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("trades"))("title") };
}

interface Props {
  readonly searchParams: SearchParams;
}

export default async function Page({ searchParams }: Props) {
  const t = await getTranslations("trades");
  const search = await searchOf(searchParams);
  return (
    <Prefetch
      first={[
        one(queries.accounts),
        one(queries.copiers),
        firstPage((from) => queries.copies(tradeFilterOf(search), from)),
      ]}
    >
      <PageHead title={t("title")} lead={t("lead")} />
      <TradeBrowser />
    </Prefetch>
  );
}
