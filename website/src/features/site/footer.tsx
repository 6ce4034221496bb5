import { getTranslations } from "next-intl/server";
import { LocaleSwitch } from "@/locale/switch";
import { ThemeSwitch } from "@/shell/theme-switch";
import { Version } from "@/shell/version";
import { Link } from "@/ui/link";
import { PAGE_NAMES } from "./pages";

/** At the foot of every public page: links to the others, and the risk of trading. */
export async function SiteFooter() {
  const t = await getTranslations("landing");
  const pages = await getTranslations("pages");
  return (
    <footer className="grid gap-5 border-t border-line py-6 text-sm text-muted">
      <nav aria-label={pages("label")}>
        <ul className="flex flex-wrap gap-x-5 gap-y-2">
          {[...PAGE_NAMES, "rules" as const, "status" as const].map((page) => (
            <li key={page}>
              <Link href={`/${page}`} className="hover:text-ink hover:underline">
                {pages(`${page}.name`)}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <div className="flex flex-wrap items-center justify-between gap-4">
        <p className="max-w-xl">{t("risk")}</p>
        <div className="flex items-center gap-2">
          <Version />
          <LocaleSwitch />
          <ThemeSwitch />
        </div>
      </div>
    </footer>
  );
}
