import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { Overview } from "@/features/overview/overview";
import { ACCOUNTS, COPIERS, POSITIONS, Prefetch } from "@/server/prefetch";
import { readerZone } from "@/server/zone";
import { PageHead } from "@/ui/page";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("overview"))("title") };
}

export default async function OverviewPage() {
  const t = await getTranslations("overview");
  const zone = await readerZone();
  return (
    <Prefetch
      first={[
        ACCOUNTS,
        COPIERS,
        POSITIONS,
        { key: ["dashboard", zone], path: `/v1/dashboard?zone=${encodeURIComponent(zone)}` },
      ]}
    >
      <PageHead title={t("title")} />
      <Overview />
    </Prefetch>
  );
}
