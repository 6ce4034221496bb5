import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import * as queries from "@/api/queries";
import { CopierList } from "@/features/copiers/list";
import { OwnTemplates } from "@/features/copiers/own-templates";
import { CopiersCsv } from "@/features/csv/buttons";
import { one, Prefetch } from "@/server/prefetch";
import { LinkButton } from "@/ui/button";
import { PageHead } from "@/ui/page";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("copiers"))("title") };
}

export default async function Copiers() {
  const t = await getTranslations("copiers");
  const actions = (
    <>
      <CopiersCsv />
      <LinkButton href="/app/copiers/new" look="primary">
        {t("add")}
      </LinkButton>
    </>
  );
  return (
    <Prefetch first={[one(queries.accounts), one(queries.copiers), one(queries.readiness), one(queries.templates)]}>
      <PageHead title={t("title")} lead={t("lead")} actions={actions} />
      <CopierList />
      <OwnTemplates />
    </Prefetch>
  );
}
