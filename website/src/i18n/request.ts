import { cookies, headers } from "next/headers";
import { getRequestConfig } from "next-intl/server";
import { chooseLocale, LOCALE_COOKIE } from "./locales";

export default getRequestConfig(async () => {
  const locale = chooseLocale((await cookies()).get(LOCALE_COOKIE)?.value, (await headers()).get("accept-language"));
  const own = (await import(`../../messages/${locale}.json`)).default;
  const texts = (await import(`../../../texts/src/lockstep_texts/${locale}.json`)).default;
  const messages = { ...own, texts };
  return { locale, messages, timeZone: "UTC", now: new Date() };
});
