import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import * as queries from "@/api/queries";
import { Statistics } from "@/features/statistics/statistics";
import { one, Prefetch } from "@/server/prefetch";
import { PageHead } from "@/ui/page";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("statistics"))("title") };
}

export default async function Page() {
  const t = await getTranslations("statistics");
  return (
    <Prefetch first={[one(queries.accounts), one(queries.copiers)]}>
      <PageHead title={t("title")} lead={t("lead")} />
      <Statistics />
    </Prefetch>
  );
}
