import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import * as queries from "@/api/queries";
import { AccountList } from "@/features/accounts/list";
import { AccountsCsv } from "@/features/csv/buttons";
import { one, Prefetch } from "@/server/prefetch";
import { LinkButton } from "@/ui/button";
import { PageHead } from "@/ui/page";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("accounts"))("title") };
}

export default async function Accounts() {
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
    <Prefetch first={[one(queries.accounts), one(queries.positions)]}>
      <PageHead title={t("title")} lead={t("lead")} actions={actions} />
      <AccountList />
    </Prefetch>
  );
}
