"use client";

import { useTranslations } from "next-intl";
import { endEverywhere } from "@/live/session-end";
import { signOutAction } from "./actions";

/** Signs out, in every tab of this browser. */
export function SignOut({ className }: { readonly className: string }) {
  const t = useTranslations("shell");
  return (
    <form action={signOutAction} onSubmit={() => endEverywhere()}>
      <button type="submit" className={className}>
        {t("signOut")}
      </button>
    </form>
  );
}
