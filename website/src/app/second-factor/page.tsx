import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { safeNext } from "@/features/auth/schema";
import { SignOut } from "@/features/auth/sign-out";
import { SecondFactorPrompt } from "@/features/security/second-factor";
import { readMe } from "@/server/me";
import { requirePerson } from "@/server/session";
import { QueryProvider } from "@/shell/providers";
import { Logo } from "@/ui/icons";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("secondFactor"))("title") };
}

interface PageProps {
  readonly searchParams: Promise<{ readonly next?: string }>;
}

export default async function SecondFactor({ searchParams }: PageProps) {
  await requirePerson();
  const next = safeNext((await searchParams).next);
  if ((await readMe())?.second_factor !== "required") redirect(next);
  const t = await getTranslations("secondFactor");
  return (
    <div className="mx-auto grid min-h-dvh w-full max-w-[25rem] grid-rows-[auto_1fr_auto] px-5 py-6">
      <header>
        <Logo />
      </header>
      <main className="grid content-center gap-5 py-10">
        <h1 className="text-2xl font-semibold">{t("title")}</h1>
        <QueryProvider>
          <SecondFactorPrompt next={next} />
        </QueryProvider>
        <SignOut className="text-sm text-muted hover:underline" />
      </main>
    </div>
  );
}
