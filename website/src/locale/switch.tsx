"use client";

import { useRouter } from "next/navigation";
import { useLocale, useTranslations } from "next-intl";
import { LOCALES, NAMES } from "@/i18n/locales";
import { setLocale } from "./actions";

export function LocaleSwitch() {
  const t = useTranslations("common");
  const router = useRouter();
  const locale = useLocale();
  const change = async (chosen: string) => {
    await setLocale(chosen);
    router.refresh();
  };
  return (
    <select
      aria-label={t("language")}
      value={locale}
      onChange={(event) => change(event.target.value)}
      className="h-8 rounded-md border border-transparent bg-transparent px-1.5 text-sm text-muted hover:bg-sunken hover:text-ink"
    >
      {LOCALES.map((name) => (
        <option key={name} value={name} lang={name}>
          {NAMES[name]}
        </option>
      ))}
    </select>
  );
}
