import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { statusOf } from "@/server/status";
import { Status } from "@/ui/status";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("pages"))("status.name") };
}

/** Whether the public parts of the service answer now. */
export default async function StatusPage() {
  const t = await getTranslations("pages.status");
  const parts = await statusOf();
  return (
    <article className="grid max-w-3xl gap-6">
      <h1 className="text-3xl font-semibold tracking-tight">{t("name")}</h1>
      <p className="text-lg text-muted">{t(parts.every(({ up }) => up) ? "allUp" : "someDown")}</p>
      <ul className="divide-y divide-line rounded-lg border border-line bg-surface">
        {parts.map(({ part, up }) => (
          <li key={part} className="flex justify-between gap-4 px-4 py-3">
            {t(`parts.${part}`)}
            <Status tone={up ? "good" : "now"}>{t(up ? "up" : "down")}</Status>
          </li>
        ))}
      </ul>
      <p className="text-sm text-muted">{t("own")}</p>
    </article>
  );
}
