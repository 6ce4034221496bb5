import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { EveryRule } from "@/features/site/every-rule";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("pages.rules");
  return { title: t("name"), description: t("lead") };
}

/** Every rule of a copier, as the engine has it: what it does, and what holds unless somebody changes it. */
export default async function RulesPage() {
  const t = await getTranslations("pages.rules");
  return (
    <article className="grid max-w-3xl gap-8">
      <header className="grid gap-2">
        <h1 className="text-3xl font-semibold tracking-tight">{t("name")}</h1>
        <p className="text-lg text-muted">{t("lead")}</p>
      </header>
      <EveryRule />
    </article>
  );
}
