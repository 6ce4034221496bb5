import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { SendAgain } from "@/features/auth/send-again";
import { requestedMail } from "@/server/requested-mail";
import { Link } from "@/ui/link";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("auth"))("mailTitle") };
}

export default async function CheckMail() {
  const t = await getTranslations("auth");
  const mail = await requestedMail();
  return (
    <>
      <h1 className="text-2xl font-semibold">{t("mailTitle")}</h1>
      <p className="text-muted">
        {mail?.kind === "signup"
          ? t.rich("mailTo", {
              email: mail.email,
              address: (chunks) => <bdi className="font-medium break-all text-ink">{chunks}</bdi>,
            })
          : t("mailLead")}
      </p>
      {mail ? <SendAgain /> : null}
      <Link className="text-accent hover:underline" href="/sign-in">
        {t("backToSignIn")}
      </Link>
    </>
  );
}
