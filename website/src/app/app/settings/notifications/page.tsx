import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { NotificationPanels } from "@/features/notifications/panels";
import { requirePerson } from "@/server/session";
import { PageHead } from "@/ui/page";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("notifications"))("title") };
}

/** What a person is told by other channels than the website, and when. */
export default async function Notifications() {
  const person = await requirePerson();
  const t = await getTranslations("notifications");
  const settings = await getTranslations("settings");
  return (
    <>
      <PageHead back={{ href: "/app/settings", label: settings("title") }} title={t("title")} lead={t("lead")} />
      <div className="grid max-w-3xl gap-4">
        <NotificationPanels email={person.email} />
      </div>
    </>
  );
}
