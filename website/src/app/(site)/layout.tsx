import { getTranslations } from "next-intl/server";
import type { ReactNode } from "react";
import { SiteFooter } from "@/features/site/footer";
import { person } from "@/server/session";
import { LinkButton } from "@/ui/button";
import { Logo } from "@/ui/icons";
import { Link } from "@/ui/link";

/** The frame of the public pages. */
export default async function SiteLayout({ children }: { readonly children: ReactNode }) {
  const t = await getTranslations("landing");
  const known = await person();
  return (
    <div className="mx-auto grid min-h-dvh max-w-5xl grid-rows-[auto_1fr_auto] px-5 sm:px-8">
      <header className="flex h-16 items-center justify-between gap-4">
        <Link href="/">
          <Logo />
        </Link>
        <nav aria-label={t("nav")}>
          <LinkButton look={known ? "primary" : "quiet"} href={known ? "/app" : "/sign-in"}>
            {t(known ? "open" : "signIn")}
          </LinkButton>
        </nav>
      </header>
      <main className="py-10">{children}</main>
      <SiteFooter />
    </div>
  );
}
