import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { confirmAgainAction, forgotAction } from "@/features/auth/actions";
import { AuthForm } from "@/features/auth/form";
import { person } from "@/server/session";
import { LinkButton } from "@/ui/button";
import { Link } from "@/ui/link";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("auth"))("linkTitle") };
}

interface Props {
  readonly searchParams: Promise<{ readonly type?: string }>;
}

/** The page for a link from a mail that was already used, has expired, or is not ours. */
export default async function LinkEnded({ searchParams }: Props) {
  const isRecovery = (await searchParams).type === "recovery";
  const signedIn = (await person()) !== null;
  const t = await getTranslations("auth");
  return (
    <>
      <div>
        <h1 className="text-2xl font-semibold">{t("linkTitle")}</h1>
        <p className="mt-1 text-muted">{t("linkLead")}</p>
      </div>
      {signedIn ? (
        <LinkButton href="/app" look="primary">
          {t("toOverview")}
        </LinkButton>
      ) : null}
      <p className="text-sm">{t(isRecovery ? "linkRecovery" : "linkSignUp")}</p>
      <AuthForm action={isRecovery ? forgotAction : confirmAgainAction} submit={t("sendLink")} />
      <Link className="text-accent hover:underline" href="/sign-in">
        {t("backToSignIn")}
      </Link>
    </>
  );
}
