import { createTranslator } from "next-intl";
import type { chooseLocale } from "./locales";

/** The website's own refusals, in the words that the API has for them, too. */
export type ProblemCode = "foreign_request" | "api_unavailable" | "length_required" | "too_large";

export async function problemText(
  locale: ReturnType<typeof chooseLocale>,
  code: ProblemCode,
  params: Readonly<Record<string, number>> = {},
): Promise<string> {
  const { problems } = (await import(`../../../texts/src/lockstep_texts/${locale}.json`)).default;
  return createTranslator({ locale, messages: problems })(code, params);
}
