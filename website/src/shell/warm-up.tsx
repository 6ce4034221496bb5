import { headers } from "next/headers";

/**
 * Loads the browser's formatting data for the language, which takes some 25 ms at the first number and the first date. This
 * runs while the page's scripts are still loading, and not during hydration.
 */
const LOOK_UP = `setTimeout(function(){
var language=document.documentElement.lang;
Intl.NumberFormat.supportedLocalesOf(language);
new Intl.NumberFormat(language).format(0);
new Intl.DateTimeFormat(language).resolvedOptions();
})`;

export async function WarmUp() {
  const nonce = (await headers()).get("x-nonce") ?? undefined;
  // biome-ignore lint/security/noDangerouslySetInnerHtml: a constant, and the page's policy runs nothing without its nonce
  return <script nonce={nonce} suppressHydrationWarning dangerouslySetInnerHTML={{ __html: LOOK_UP }} />;
}
