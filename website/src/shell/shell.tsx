import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { getTranslations } from "next-intl/server";
import type { ReactNode } from "react";
import { Bell } from "@/features/alerts/bell";
import { secondFactorHref } from "@/features/auth/schema";
import { SignOut } from "@/features/auth/sign-out";
import { StopAll } from "@/features/requests/stop-all";
import { LocaleSwitch } from "@/locale/switch";
import { caller } from "@/server/me";
import { PATH_HEADER } from "@/server/path";
import { isPhone } from "@/server/screen";
import { requirePerson } from "@/server/session";
import { readerZone } from "@/server/zone";
import { Palette } from "@/shell/palette";
import { Providers } from "@/shell/providers";
import { BottomBar, Rail } from "@/shell/rail";
import { StreamStatus } from "@/shell/stream-status";
import { Suspended } from "@/shell/suspended";
import { ThemeSwitch } from "@/shell/theme-switch";
import { WarmUp } from "@/shell/warm-up";
import { Logo } from "@/ui/icons";
import { Link } from "@/ui/link";

/** The frame of every signed-in page: rail, top bar, bottom bar, and the one live stream. */
export async function Shell({ children }: { readonly children: ReactNode }) {
  const person = await requirePerson();
  const { me, suspended } = await caller();
  if (suspended) return <Suspended />;
  if (me?.second_factor === "required") redirect(secondFactorHref((await headers()).get(PATH_HEADER)));
  const t = await getTranslations("shell");
  return (
    <Providers zone={await readerZone()} phone={await isPhone()} after={me?.stream_id}>
      <WarmUp />
      <a
        href="#main"
        className="sr-only focus:not-sr-only focus:fixed focus:start-2 focus:top-2 focus:z-30 focus:rounded focus:bg-surface focus:px-3 focus:py-2"
      >
        {t("skip")}
      </a>
      <div className="lg:grid lg:grid-cols-[13.5rem_minmax(0,1fr)]">
        <aside className="sticky top-0 hidden h-dvh grid-rows-[auto_1fr_auto] gap-5 border-e border-line bg-surface px-3 py-4 lg:grid">
          <Link href="/app" className="px-2.5">
            <Logo />
          </Link>
          <Rail staff={me?.is_staff ?? false} />
          <div className="grid gap-2 border-t border-line pt-3">
            <p className="truncate px-2.5 text-xs text-muted" title={person.email} dir="ltr">
              {person.email}
            </p>
            <div className="flex flex-wrap items-center justify-between px-1">
              <LocaleSwitch />
              <ThemeSwitch />
            </div>
            <SignOut className="h-8 w-full rounded-md px-2.5 text-start text-sm text-muted hover:bg-sunken hover:text-ink" />
          </div>
        </aside>
        <div className="min-w-0">
          <header className="sticky top-0 z-10 flex h-12 items-center justify-between gap-3 border-b border-line bg-ground px-4 lg:px-8">
            <Link href="/app" className="flex items-center lg:hidden">
              <Logo />
            </Link>
            <div className="hidden lg:block">
              <StreamStatus />
            </div>
            <div className="flex items-center gap-2">
              <span className="lg:hidden">
                <StreamStatus />
              </span>
              <StopAll />
              <Bell />
              <Palette />
            </div>
          </header>
          <main
            id="main"
            tabIndex={-1}
            className="mx-auto w-full max-w-[76rem] px-4 pt-6 pb-24 outline-none lg:px-8 lg:pb-12"
          >
            {children}
          </main>
        </div>
      </div>
      <BottomBar staff={me?.is_staff ?? false} />
    </Providers>
  );
}
