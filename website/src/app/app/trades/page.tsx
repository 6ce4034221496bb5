import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import * as queries from "@/api/queries";
import { TradeBrowser } from "@/features/trades/browser";
import { tradeFilterOf } from "@/features/trades/filter";
import { firstPage, one, Prefetch } from "@/server/prefetch";
import { PageHead } from "@/ui/page";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("trades"))("title") };
}

interface Props {
  readonly searchParams: Promise<Readonly<Record<string, string | readonly string[] | undefined>>>;
}

export default async function Page({ searchParams }: Props) {
  const t = await getTranslations("trades");
  const entries = Object.entries(await searchParams).flatMap(([name, value]) => (value ? [[name, String(value)]] : []));
  const search = new URLSearchParams(entries);
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
