import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import * as queries from "@/api/queries";
import { AddAccount } from "@/features/accounts/add-form";
import { one, Prefetch } from "@/server/prefetch";
import { PageHead } from "@/ui/page";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("addAccount"))("title") };
}

export default async function NewAccount() {
  const t = await getTranslations("addAccount");
  const accounts = await getTranslations("accounts");
  return (
    <Prefetch first={[one(queries.accounts), one(queries.environments)]}>
      <PageHead back={{ href: "/app/accounts", label: accounts("title") }} title={t("title")} lead={t("lead")} />
      <AddAccount />
    </Prefetch>
  );
}
