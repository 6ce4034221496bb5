import { getTranslations } from "next-intl/server";
import { SiteFooter } from "@/features/site/footer";
import { Recorded } from "@/features/site/recorded";
import { person } from "@/server/session";
import { LinkButton } from "@/ui/button";
import { Logo } from "@/ui/icons";
import { Link } from "@/ui/link";

const POINTS = ["hosted", "sealed", "explained", "spans", "safe", "rules"] as const;
const STEPS = ["add", "link", "watch"] as const;
/** The questions that decide; the others are on their own page. */
const QUESTIONS = ["password", "missed", "twice", "away"] as const;

export default async function Landing() {
  const t = await getTranslations("landing");
  const pages = await getTranslations("pages");
  const known = await person();
  const start = known ? { href: "/app", label: t("open") } : { href: "/sign-up", label: t("start") };
  return (
    <div className="mx-auto grid min-h-dvh max-w-5xl grid-rows-[auto_1fr_auto] px-5 sm:px-8">
      <header className="flex h-16 items-center justify-between gap-4">
        <Logo />
        <nav aria-label={t("nav")} className="flex items-center gap-2">
          {known ? null : (
            <LinkButton look="quiet" href="/sign-in">
              {t("signIn")}
            </LinkButton>
          )}
          <LinkButton look="primary" href={start.href} className={known ? undefined : "max-sm:hidden"}>
            {start.label}
          </LinkButton>
        </nav>
      </header>
      <main>
        <section className="grid gap-5 py-16 sm:py-24">
          <h1 className="max-w-3xl text-4xl leading-[1.1] font-semibold tracking-tight sm:text-5xl">{t("headline")}</h1>
          <p className="max-w-2xl text-lg text-muted">{t("lead")}</p>
          <div className="flex flex-wrap gap-3">
            <LinkButton look="primary" href={start.href}>
              {start.label}
            </LinkButton>
            <LinkButton href="#how">{t("how")}</LinkButton>
          </div>
        </section>
        <section aria-labelledby="recorded-title" className="grid gap-6 border-t border-line py-12">
          <h2 id="recorded-title" className="text-xl font-semibold">
            {t("recorded.title")}
          </h2>
          <Recorded />
        </section>
        <section id="how" aria-labelledby="how-title" className="grid scroll-mt-6 gap-6 border-t border-line py-12">
          <h2 id="how-title" className="text-xl font-semibold">
            {t("howTitle")}
          </h2>
          <ol className="grid gap-6 sm:grid-cols-3">
            {STEPS.map((step, index) => (
              <li key={step} className="grid content-start gap-1.5">
                <span aria-hidden="true" className="num text-sm font-semibold text-accent">
                  {index + 1}
                </span>
                <h3 className="font-medium">{t(`steps.${step}.title`)}</h3>
                <p className="text-sm text-muted">{t(`steps.${step}.text`)}</p>
              </li>
            ))}
          </ol>
        </section>
        <section aria-labelledby="why-title" className="grid gap-6 border-t border-line py-12">
          <h2 id="why-title" className="text-xl font-semibold">
            {t("whyTitle")}
          </h2>
          <ul className="grid gap-x-10 gap-y-7 sm:grid-cols-2 lg:grid-cols-3">
            {POINTS.map((point) => (
              <li key={point} className="grid content-start gap-1">
                <h3 className="font-medium">{t(`points.${point}.title`)}</h3>
                <p className="text-sm text-muted">{t(`points.${point}.text`)}</p>
              </li>
            ))}
          </ul>
        </section>
        <section aria-labelledby="questions-title" className="grid gap-6 border-t border-line py-12">
          <h2 id="questions-title" className="text-xl font-semibold">
            {t("questions")}
          </h2>
          <dl className="grid gap-x-10 gap-y-6 sm:grid-cols-2">
            {QUESTIONS.map((question) => (
              <div key={question} className="grid content-start gap-1">
                <dt className="font-medium">{pages(`faq.${question}.title`)}</dt>
                <dd className="text-sm text-muted">{pages(`faq.${question}.text`)}</dd>
              </div>
            ))}
          </dl>
          <p className="flex flex-wrap gap-x-5 gap-y-2 text-sm">
            {(["faq", "compare", "security", "docs"] as const).map((page) => (
              <Link key={page} href={`/${page}`} className="text-accent hover:underline">
                {pages(`${page}.name`)}
              </Link>
            ))}
          </p>
        </section>
        <section aria-labelledby="price-title" className="grid gap-2 border-t border-line py-12">
          <h2 id="price-title" className="text-xl font-semibold">
            {t("priceTitle")}
          </h2>
          <p className="max-w-2xl text-muted">{t("priceText")}</p>
          <div className="mt-3">
            <LinkButton look="primary" href={start.href}>
              {start.label}
            </LinkButton>
          </div>
        </section>
      </main>
      <SiteFooter />
    </div>
  );
}
