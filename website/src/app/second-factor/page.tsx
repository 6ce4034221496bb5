import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { signOutAction } from "@/features/auth/actions";
import { SecondFactorPrompt } from "@/features/security/second-factor";
import { readMe } from "@/server/me";
import { requirePerson } from "@/server/session";
import { QueryProvider } from "@/shell/providers";
import { Logo } from "@/ui/icons";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("secondFactor"))("title") };
}

export default async function SecondFactor() {
  await requirePerson();
  if ((await readMe())?.second_factor !== "required") redirect("/app");
  const t = await getTranslations("secondFactor");
  return (
    <div className="mx-auto grid min-h-dvh w-full max-w-[25rem] grid-rows-[auto_1fr_auto] px-5 py-6">
      <header>
        <Logo />
      </header>
      <main className="grid content-center gap-5 py-10">
        <h1 className="text-2xl font-semibold">{t("title")}</h1>
        <QueryProvider>
          <SecondFactorPrompt />
        </QueryProvider>
        <form action={signOutAction}>
          <button type="submit" className="text-sm text-muted hover:underline">
            {t("signOut")}
          </button>
        </form>
      </main>
    </div>
  );
}
