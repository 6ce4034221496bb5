import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { Button } from "@/ui/button";
import { Link } from "@/ui/link";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("notifications"))("endTitle"), referrer: "no-referrer" };
}

interface Props {
  readonly searchParams: Promise<{ readonly token?: string; readonly done?: string }>;
}

/** Where the link at the end of each mail leads: one button, and no need to sign in. */
export default async function NoMoreMails({ searchParams }: Props) {
  const { token, done } = await searchParams;
  const t = await getTranslations("notifications");
  return (
    <>
      <h1 className="text-2xl font-semibold">{t("endTitle")}</h1>
      {token ? (
        <form method="post" action={`/unsubscribe?token=${encodeURIComponent(token)}`} className="grid gap-4">
          <p className="text-muted">{t("endLead")}</p>
          <Button type="submit" look="primary">
            {t("end")}
          </Button>
        </form>
      ) : (
        <p role="status">{t(done === "yes" ? "endDone" : "endFailed")}</p>
      )}
      <Link className="text-accent hover:underline" href="/app/settings/notifications">
        {t("choose")}
      </Link>
    </>
  );
}
