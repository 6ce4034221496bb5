import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import * as queries from "@/api/queries";
import { LinkForm } from "@/features/copiers/link-form";
import { one, Prefetch } from "@/server/prefetch";
import { PageHead } from "@/ui/page";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("newCopier"))("title") };
}

export default async function NewCopier() {
  const t = await getTranslations("newCopier");
  const copiers = await getTranslations("copiers");
  return (
    <Prefetch first={[one(queries.accounts), one(queries.copiers), one(queries.readiness), one(queries.templates)]}>
      <PageHead back={{ href: "/app/copiers", label: copiers("title") }} title={t("title")} lead={t("lead")} />
      <LinkForm />
    </Prefetch>
  );
}
