import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { changeEmailAction } from "@/features/auth/actions";
import { AuthForm } from "@/features/auth/form";
import { readMe } from "@/server/me";
import { requirePerson } from "@/server/session";
import { PageHead, Panel } from "@/ui/page";
import { Note } from "@/ui/states";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("changeEmail"))("title") };
}

interface Props {
  readonly searchParams: Promise<{ readonly sent?: string }>;
}

/** Asks for another address to sign in with. */
export default async function ChangeEmail({ searchParams }: Props) {
  const person = await requirePerson();
  const sent = (await searchParams).sent === "yes";
  const me = await readMe();
  const t = await getTranslations("changeEmail");
  const settings = await getTranslations("settings");
  return (
    <>
      <PageHead back={{ href: "/app/settings", label: settings("title") }} title={t("title")} />
      <div className="grid max-w-md gap-4">
        {sent ? (
          <Note>
            <div role="status">
              <p className="font-semibold">{t("sentTitle")}</p>
              <p>{t("sent")}</p>
            </div>
          </Note>
        ) : (
          <Panel title={t("panel")}>
            <p className="mb-4 text-sm text-muted">
              {t.rich("lead", { email: person.email, address: (text) => <bdi dir="ltr">{text}</bdi> })}
            </p>
            <AuthForm
              action={changeEmailAction}
              submit={t("submit")}
              email="new"
              password="current"
              factor={me !== null && me.second_factor !== "none"}
            />
          </Panel>
        )}
      </div>
    </>
  );
}
