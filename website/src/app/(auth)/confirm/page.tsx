import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { confirmAction } from "@/features/auth/actions";
import { AuthForm } from "@/features/auth/form";
import { isEmailChange, isRecovery, type MailLink, mailLink } from "@/features/auth/link";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("auth"))("confirmTitle"), referrer: "no-referrer" };
}

const leadOf = (link: MailLink) => {
  if (isRecovery(link)) return "confirmRecovery";
  return isEmailChange(link) ? "confirmEmailChange" : "confirmLead";
};

interface Props {
  readonly searchParams: Promise<Readonly<Record<string, string | string[] | undefined>>>;
}

/**
 * The target of links in mails. Mail scanners open every link, so opening it must change nothing: only the button
 * turns the link into a session.
 */
export default async function Confirm({ searchParams }: Props) {
  const link = mailLink(await searchParams);
  if (!link) redirect("/link-ended");
  const t = await getTranslations("auth");
  return (
    <>
      <div>
        <h1 className="text-2xl font-semibold">{t(isRecovery(link) ? "resetTitle" : "confirmTitle")}</h1>
        <p className="mt-1 text-muted">{t(leadOf(link))}</p>
      </div>
      <AuthForm action={confirmAction} submit={t("confirmButton")} email={false}>
        {Object.entries(link).map(([name, value]) => (
          <input key={name} type="hidden" name={name} value={value} />
        ))}
      </AuthForm>
    </>
  );
}
