import { headers } from "next/headers";

/**
 * What a browser looks up once before its first number and its first time in a language, which takes it some 25 ms: here
 * while the page's scripts are still on their way, and not while the page wakes up.
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
