import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import * as queries from "@/api/queries";
import { CopierList } from "@/features/copiers/list";
import { copierFilterOf } from "@/features/copiers/list-filter";
import { OwnTemplates } from "@/features/copiers/own-templates";
import { CopiersCsv } from "@/features/csv/buttons";
import { firstPage, one, Prefetch } from "@/server/prefetch";
import { type SearchParams, searchOf } from "@/server/search";
import { LinkButton } from "@/ui/button";
import { PageHead } from "@/ui/page";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("copiers"))("title") };
}

interface Props {
  readonly searchParams: SearchParams;
}

export default async function Copiers({ searchParams }: Props) {
  const search = await searchOf(searchParams);
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
    <Prefetch
      first={[
        one(queries.accounts),
        one(queries.readiness),
        one(queries.templates),
        firstPage((from) => queries.copierList(copierFilterOf(search), from)),
      ]}
    >
      <PageHead title={t("title")} lead={t("lead")} actions={actions} />
      <CopierList />
      <OwnTemplates />
    </Prefetch>
  );
}
