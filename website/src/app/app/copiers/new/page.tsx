import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { LinkForm } from "@/features/copiers/link-form";
import { ACCOUNTS, COPIERS, Prefetch, TEMPLATES } from "@/server/prefetch";
import { PageHead } from "@/ui/page";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("newCopier"))("title") };
}

export default async function NewCopier() {
  const t = await getTranslations("newCopier");
  const copiers = await getTranslations("copiers");
  return (
    <Prefetch first={[ACCOUNTS, COPIERS, TEMPLATES]}>
      <PageHead back={{ href: "/app/copiers", label: copiers("title") }} title={t("title")} lead={t("lead")} />
      <LinkForm />
    </Prefetch>
  );
}
