"use client";

import { useTranslations } from "next-intl";
import type { JsonObject } from "./schema";
import { sizingWords } from "./sizing";

/** The sizing as a sentence. */
export function SizingSentence({ settings }: { readonly settings: JsonObject }) {
  const t = useTranslations("sizing");
  const { mode, number } = sizingWords(settings);
  return <>{t.has(mode) ? t(mode, { number }) : mode}</>;
}
