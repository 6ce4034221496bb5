import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { signInAction } from "@/features/auth/actions";
import { AuthForm } from "@/features/auth/form";
import { safeNext } from "@/features/auth/schema";
import { person } from "@/server/session";
import { Link } from "@/ui/link";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("auth"))("signIn") };
}

interface Props {
  readonly searchParams: Promise<{ readonly next?: string }>;
}

export default async function SignIn({ searchParams }: Props) {
  const { next } = await searchParams;
  if (await person()) redirect(safeNext(next));
  const t = await getTranslations("auth");
  return (
    <>
      <h1 className="text-2xl font-semibold">{t("signInTitle")}</h1>
      <AuthForm action={signInAction} submit={t("signIn")} password="current" next={next}>
        <p className="flex justify-between gap-4 text-sm">
          <Link className="text-accent underline" href="/sign-up">
            {t("toSignUp")}
          </Link>
          <Link className="text-muted hover:text-ink hover:underline" href="/forgot">
            {t("toForgot")}
          </Link>
        </p>
      </AuthForm>
    </>
  );
}
