import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { StaffOverview } from "@/features/staff/overview";
import { PageHead } from "@/ui/page";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("staff.overview"))("title") };
}

export default async function StaffOverviewPage() {
  const [t, staff] = await Promise.all([getTranslations("staff.overview"), getTranslations("staff")]);
  return (
    <>
      <PageHead back={{ href: "/staff", label: staff("title") }} title={t("title")} lead={t("lead")} />
      <StaffOverview />
    </>
  );
}
