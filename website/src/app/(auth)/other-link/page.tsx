import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { LinkButton } from "@/ui/button";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("changeEmail"))("otherTitle") };
}

/** The page after the first of the two links that change an address. */
export default async function OtherLink() {
  const t = await getTranslations("changeEmail");
  return (
    <>
      <div>
        <h1 className="text-2xl font-semibold">{t("otherTitle")}</h1>
        <p className="mt-1 text-muted">{t("other")}</p>
      </div>
      <LinkButton href="/app">{(await getTranslations("auth"))("toOverview")}</LinkButton>
    </>
  );
}
