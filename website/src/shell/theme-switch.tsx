"use client";

import { useTranslations } from "next-intl";
import { useTheme } from "next-themes";
import { useSyncExternalStore } from "react";

const THEMES = ["system", "light", "dark"] as const;
const never = () => () => {};

export function ThemeSwitch() {
  const t = useTranslations("theme");
  const { theme = "system", setTheme } = useTheme();
  // The server does not know the theme: it shows "system" until the browser reports another.
  const known = useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
  return (
    <select
      aria-label={t("label")}
      value={known ? theme : "system"}
      onChange={(event) => setTheme(event.target.value)}
      className="h-8 rounded-md border border-transparent bg-transparent px-1.5 text-sm text-muted hover:bg-sunken hover:text-ink"
    >
      {THEMES.map((name) => (
        <option key={name} value={name}>
          {t(name)}
        </option>
      ))}
    </select>
  );
}
