import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { forgotAction } from "@/features/auth/actions";
import { AuthForm } from "@/features/auth/form";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("auth"))("forgotTitle") };
}

export default async function Forgot() {
  const t = await getTranslations("auth");
  return (
    <>
      <div>
        <h1 className="text-2xl font-semibold">{t("forgotTitle")}</h1>
        <p className="mt-1 text-sm text-muted">{t("forgotLead")}</p>
      </div>
      <AuthForm action={forgotAction} submit={t("sendLink")} />
    </>
  );
}
