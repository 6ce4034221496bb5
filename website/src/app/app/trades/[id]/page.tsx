import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { TradeLife } from "@/features/trades/life";
import { ACCOUNTS, Prefetch } from "@/server/prefetch";

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
    <Prefetch first={[ACCOUNTS, { key: ["copy", id], path: `/v1/copies/${id}` }]}>
      <TradeLife id={id} />
    </Prefetch>
  );
}
