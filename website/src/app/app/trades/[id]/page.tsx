import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { getTranslations } from "next-intl/server";
import * as queries from "@/api/queries";
import { TradeLife } from "@/features/trades/life";
import { one, Prefetch } from "@/server/prefetch";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("life"))("title") };
}

interface Props {
  readonly params: Promise<{ readonly id: string }>;
}

export default async function TradePage({ params }: Props) {
  const { id } = await params;
  if (!/^\d{1,19}$/.test(id)) notFound();
  return (
    <Prefetch first={[one(queries.accounts), one((from) => queries.copy(id, from))]}>
      <TradeLife id={id} />
    </Prefetch>
  );
}
