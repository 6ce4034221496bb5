import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { Comparison } from "@/features/site/comparison";
import { PAGES, type PageName, pageOf, TEMPLATES } from "@/features/site/pages";
import { Link } from "@/ui/link";
import { Note } from "@/ui/states";

interface Props {
  readonly params: Promise<{ readonly page: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const page = pageOf((await params).page);
  if (!page) return {};
  const t = await getTranslations("pages");
  return { title: t(`${page}.name`), description: t(`${page}.lead`) };
}

export default async function Page({ params }: Props) {
  const page = pageOf((await params).page);
  if (!page) notFound();
  const t = await getTranslations("pages");
  return (
    <article className="grid max-w-3xl gap-8">
      <header className="grid gap-2">
        <h1 className="text-3xl font-semibold tracking-tight">{t(`${page}.name`)}</h1>
        <p className="text-lg text-muted">{t(`${page}.lead`)}</p>
      </header>
      {TEMPLATES.has(page) ? <Note tone="soon">{t("template")}</Note> : null}
      {page === "compare" ? <Comparison /> : <Sections page={page} />}
      {page === "docs" ? (
        <p>
          <Link href="/rules" className="text-accent hover:underline">
            {t("rules.name")}
          </Link>
        </p>
      ) : null}
    </article>
  );
}

async function Sections({ page }: { readonly page: Exclude<PageName, "compare"> }) {
  const t = await getTranslations("pages");
  return PAGES[page].map((section) => (
    <section key={section} id={section} className="grid scroll-mt-6 gap-1.5">
      <h2 className="text-lg font-semibold">{t(`${page}.${section}.title`)}</h2>
      <p className="whitespace-pre-line">{t(`${page}.${section}.text`)}</p>
    </section>
  ));
}
