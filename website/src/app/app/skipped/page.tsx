import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import * as queries from "@/api/queries";
import { SKIPPED } from "@/features/trades/filter";
import { Skipped } from "@/features/trades/skipped";
import { firstPage, one, Prefetch } from "@/server/prefetch";
import { buttonClass } from "@/ui/button";
import { PageHead } from "@/ui/page";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("skipped"))("title") };
}

export default async function Page() {
  const t = await getTranslations("skipped");
  const common = await getTranslations("common");
  const csv = (
    <a className={buttonClass()} href="/api/v1/copies.csv?status=skipped" download>
      {common("csv")}
    </a>
  );
  return (
    <Prefetch first={[one(queries.accounts), one(queries.copiers), firstPage((from) => queries.copies(SKIPPED, from))]}>
      <PageHead title={t("title")} lead={t("lead")} actions={csv} />
      <Skipped />
    </Prefetch>
  );
}
