import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { signUpAction } from "@/features/auth/actions";
import { AuthForm } from "@/features/auth/form";
import { Link } from "@/ui/link";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("auth"))("signUp") };
}

export default async function SignUp() {
  const t = await getTranslations("auth");
  return (
    <>
      <div>
        <h1 className="text-2xl font-semibold">{t("signUpTitle")}</h1>
        <p className="mt-1 text-sm text-muted">{t("signUpLead")}</p>
      </div>
      <AuthForm action={signUpAction} submit={t("signUp")} password="new">
        <p className="text-sm text-muted">
          {t("haveAccount")}{" "}
          <Link className="text-accent underline" href="/sign-in">
            {t("signIn")}
          </Link>
        </p>
      </AuthForm>
    </>
  );
}
