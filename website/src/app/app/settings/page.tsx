import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { SignOut } from "@/features/auth/sign-out";
import { Leaving } from "@/features/security/leaving";
import { SecondFactorPanel } from "@/features/security/second-factor";
import { SessionList } from "@/features/security/sessions";
import { TokenList } from "@/features/security/tokens";
import { LocaleSwitch } from "@/locale/switch";
import { requirePerson } from "@/server/session";
import { ThemeSwitch } from "@/shell/theme-switch";
import { buttonClass, LinkButton } from "@/ui/button";
import { PageHead, Panel } from "@/ui/page";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("settings"))("title") };
}

export default async function Settings() {
  const person = await requirePerson();
  const t = await getTranslations("settings");
  return (
    <>
      <PageHead title={t("title")} />
      <div className="grid max-w-3xl gap-4">
        <Panel title={t("profile")}>
          <dl className="grid grid-cols-[auto_1fr] items-center gap-x-6 gap-y-2 text-sm">
            <dt className="text-muted">{t("email")}</dt>
            <dd dir="ltr" className="text-start">
              {person.email}
            </dd>
            <dt className="text-muted">{t("language")}</dt>
            <dd>
              <LocaleSwitch />
            </dd>
            <dt className="text-muted">{t("look")}</dt>
            <dd>
              <ThemeSwitch />
            </dd>
          </dl>
          <div className="mt-4 flex flex-wrap gap-2">
            <LinkButton size="small" href="/reset">
              {t("changePassword")}
            </LinkButton>
            <LinkButton size="small" href="/app/settings/email">
              {t("changeEmail")}
            </LinkButton>
            <SignOut className={buttonClass("plain", "small")} />
          </div>
        </Panel>
        <Panel title={t("notifications")}>
          <p className="mb-3 text-sm text-muted">{t("notificationsLead")}</p>
          <LinkButton size="small" href="/app/settings/notifications">
            {t("chooseNotifications")}
          </LinkButton>
        </Panel>
        <Panel title={t("secondFactor")}>
          <SecondFactorPanel />
        </Panel>
        <Panel title={t("sessions")}>
          <SessionList />
        </Panel>
        <Panel title={t("tokens")}>
          <TokenList />
        </Panel>
        <Panel title={t("data")}>
          <Leaving email={person.email} />
        </Panel>
      </div>
    </>
  );
}
