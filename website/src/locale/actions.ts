"use server";

import { cookies } from "next/headers";
import { LOCALE_COOKIE, LOCALES } from "@/i18n/locales";

const YEAR_S = 31_536_000;

/** Remembers a language on this device. */
export async function setLocale(locale: string): Promise<void> {
  if (!LOCALES.some((known) => known === locale)) return;
  (await cookies()).set(LOCALE_COOKIE, locale, { maxAge: YEAR_S, sameSite: "lax", path: "/", httpOnly: true });
}
