import type { ReactNode } from "react";
import { LocaleSwitch } from "@/locale/switch";
import { ThemeSwitch } from "@/shell/theme-switch";
import { Version } from "@/shell/version";
import { Logo } from "@/ui/icons";
import { Link } from "@/ui/link";

export default function AuthLayout({ children }: { readonly children: ReactNode }) {
  return (
    <div className="mx-auto grid min-h-dvh w-full max-w-[25rem] grid-rows-[auto_1fr_auto] px-5 py-6">
      <header>
        <Link href="/">
          <Logo />
        </Link>
      </header>
      <main className="grid content-center gap-5 py-10">{children}</main>
      <footer className="flex items-center justify-between">
        <LocaleSwitch />
        <Version />
        <ThemeSwitch />
      </footer>
    </div>
  );
}
