import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { TradeBrowser } from "@/features/trades/browser";
import { ACCOUNTS, COPIERS, Prefetch } from "@/server/prefetch";
import { PageHead } from "@/ui/page";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("trades"))("title") };
}

export default async function Page() {
  const t = await getTranslations("trades");
  return (
    <Prefetch first={[ACCOUNTS, COPIERS]}>
      <PageHead title={t("title")} lead={t("lead")} />
      <TradeBrowser />
    </Prefetch>
  );
}
