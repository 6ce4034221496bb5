import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { SupplyCalendar } from "@/features/calendar/supply";
import { CalendarUploads } from "@/features/calendar/uploads";
import { PageHead } from "@/ui/page";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("calendar"))("title") };
}

export default async function StaffCalendar() {
  const [t, staff] = await Promise.all([getTranslations("calendar"), getTranslations("staff")]);
  return (
    <>
      <PageHead back={{ href: "/staff", label: staff("title") }} title={t("title")} lead={t("lead")} />
      <div className="grid gap-6">
        <SupplyCalendar />
        <CalendarUploads />
      </div>
    </>
  );
}
