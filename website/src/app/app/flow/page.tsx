import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import * as queries from "@/api/queries";
import { CopyFlow } from "@/features/flow/flow";
import { one, Prefetch } from "@/server/prefetch";
import { PageHead } from "@/ui/page";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("flow"))("title") };
}

export default async function FlowPage() {
  const t = await getTranslations("flow");
  return (
    <Prefetch first={[one(queries.accounts), one(queries.copiers), one(queries.readiness), one(queries.positions)]}>
      <PageHead title={t("title")} lead={t("lead")} />
      <CopyFlow />
    </Prefetch>
  );
}
