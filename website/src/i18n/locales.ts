export const LOCALES = ["en", "ar"] as const;
type Locale = (typeof LOCALES)[number];
export const LOCALE_COOKIE = "locale";
export const NAMES: Record<Locale, string> = { en: "English", ar: "العربية" };

export const direction = (locale: string): "ltr" | "rtl" => (locale === "ar" ? "rtl" : "ltr");

/** The chosen locale, or else the first known one that the browser accepts. */
export function chooseLocale(chosen: string | undefined, accepted: string | null): Locale {
  const wanted = [
    chosen ?? "",
    ...(accepted ?? "").split(",").map((part) => part.split(";")[0]?.trim().slice(0, 2) ?? ""),
  ];
  return wanted.map((want) => LOCALES.find((locale) => locale === want)).find((found) => found !== undefined) ?? "en";
}
