import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import * as queries from "@/api/queries";
import { AccountList } from "@/features/accounts/list";
import { accountFilterOf } from "@/features/accounts/list-filter";
import { AccountsCsv } from "@/features/csv/buttons";
import { firstPage, one, Prefetch } from "@/server/prefetch";
import { type SearchParams, searchOf } from "@/server/search";
import { LinkButton } from "@/ui/button";
import { PageHead } from "@/ui/page";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("accounts"))("title") };
}

interface Props {
  readonly searchParams: SearchParams;
}

export default async function Accounts({ searchParams }: Props) {
  const search = await searchOf(searchParams);
  const t = await getTranslations("accounts");
  const actions = (
    <>
      <AccountsCsv />
      <LinkButton href="/app/accounts/new" look="primary">
        {t("add")}
      </LinkButton>
    </>
  );
  return (
    <Prefetch
      first={[
        one(queries.accounts),
        one(queries.positions),
        firstPage((from) => queries.accountList(accountFilterOf(search), from)),
      ]}
    >
      <PageHead title={t("title")} lead={t("lead")} actions={actions} />
      <AccountList />
    </Prefetch>
  );
}
