import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { StaffSearch } from "@/features/staff/search";
import { PageHead } from "@/ui/page";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("staff"))("title") };
}

export default async function Staff() {
  const t = await getTranslations("staff");
  return (
    <>
      <PageHead title={t("title")} lead={t("lead")} />
      <StaffSearch />
    </>
  );
}
