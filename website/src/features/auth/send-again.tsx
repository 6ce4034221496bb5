"use client";

import { useTranslations } from "next-intl";
import { useActionState } from "react";
import { Button } from "@/ui/button";
import { sendAgainAction } from "./actions";

/** Requests the mail again and shows the outcome. */
export function SendAgain() {
  const t = useTranslations("auth");
  const [state, run, busy] = useActionState(sendAgainAction, { sent: false, error: null });
  return (
    <form action={run} className="grid justify-items-start gap-3">
      <p className="text-sm text-muted">{t("mailMissing")}</p>
      {state.sent ? (
        <p role="status" className="rounded-md border border-edge bg-sunken px-3 py-2 text-sm">
          {t("sentAgain")}
        </p>
      ) : null}
      {state.error ? (
        <p role="alert" className="rounded-md border border-bad bg-bad-soft px-3 py-2 text-sm">
          {t(`errors.${state.error}`)}
        </p>
      ) : null}
      <Button type="submit" busy={busy}>
        {t("sendAgain")}
      </Button>
    </form>
  );
}
