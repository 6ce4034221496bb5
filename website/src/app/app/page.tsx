import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { Overview } from "@/features/overview/overview";
import { ACCOUNTS, COPIERS, Prefetch } from "@/server/prefetch";
import { PageHead } from "@/ui/page";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("overview"))("title") };
}

export default async function OverviewPage() {
  const t = await getTranslations("overview");
  return (
    <Prefetch first={[ACCOUNTS, COPIERS, { key: ["dashboard", "UTC"], path: "/v1/dashboard" }]}>
      <PageHead title={t("title")} />
      <Overview />
    </Prefetch>
  );
}
