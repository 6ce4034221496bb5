import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import * as queries from "@/api/queries";
import { PositionsCsv } from "@/features/csv/buttons";
import { LivePositions } from "@/features/live/positions";
import { one, Prefetch } from "@/server/prefetch";
import { PageHead } from "@/ui/page";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("positions"))("title") };
}

export default async function PositionsPage() {
  const t = await getTranslations("positions");
  return (
    <Prefetch first={[one(queries.accounts), one(queries.positions)]}>
      <PageHead title={t("title")} lead={t("lead")} actions={<PositionsCsv />} />
      <LivePositions />
    </Prefetch>
  );
}
