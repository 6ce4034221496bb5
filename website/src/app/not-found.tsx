import { getTranslations } from "next-intl/server";
import { LinkButton } from "@/ui/button";

export default async function NotFound() {
  const t = await getTranslations("notFound");
  return (
    <main className="grid min-h-dvh place-content-center justify-items-center gap-3 px-6 text-center">
      <h1 className="text-2xl font-semibold">{t("title")}</h1>
      <p className="text-muted">{t("text")}</p>
      <LinkButton href="/app">{t("back")}</LinkButton>
    </main>
  );
}
