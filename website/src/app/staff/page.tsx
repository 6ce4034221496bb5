import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { StaffSearch } from "@/features/staff/search";
import { LinkButton } from "@/ui/button";
import { PageHead } from "@/ui/page";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("staff"))("title") };
}

export default async function Staff() {
  const [t, calendar, overview] = await Promise.all([
    getTranslations("staff"),
    getTranslations("calendar"),
    getTranslations("staff.overview"),
  ]);
  return (
    <>
      <PageHead
        title={t("title")}
        lead={t("lead")}
        actions={
          <>
            <LinkButton size="small" href="/staff/overview">
              {overview("title")}
            </LinkButton>
            <LinkButton size="small" href="/staff/calendar">
              {calendar("title")}
            </LinkButton>
          </>
        }
      />
      <StaffSearch />
    </>
  );
}
