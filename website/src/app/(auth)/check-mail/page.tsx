import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { Link } from "@/ui/link";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("auth"))("mailTitle") };
}

export default async function CheckMail() {
  const t = await getTranslations("auth");
  return (
    <>
      <h1 className="text-2xl font-semibold">{t("mailTitle")}</h1>
      <p className="text-muted">{t("mailLead")}</p>
      <Link className="text-accent hover:underline" href="/sign-in">
        {t("backToSignIn")}
      </Link>
    </>
  );
}
