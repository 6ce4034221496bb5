import { createTranslator } from "next-intl";
import type { chooseLocale } from "./locales";

/** What the website itself refuses a call with, in the words that the API has for it too. */
export type ProblemCode = "foreign_request" | "api_unavailable" | "length_required" | "too_large";

export async function problemText(
  locale: ReturnType<typeof chooseLocale>,
  code: ProblemCode,
  params: Readonly<Record<string, number>> = {},
): Promise<string> {
  const { problems } = (await import(`../../../texts/src/lockstep_texts/${locale}.json`)).default;
  return createTranslator({ locale, messages: problems })(code, params);
}
