import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import * as queries from "@/api/queries";
import { Overview } from "@/features/overview/overview";
import { one, Prefetch } from "@/server/prefetch";
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
        one(queries.accounts),
        one(queries.copiers),
        one(queries.readiness),
        one(queries.positions),
        one((from) => queries.dashboard(zone, from)),
      ]}
    >
      <PageHead title={t("title")} />
      <Overview />
    </Prefetch>
  );
}
