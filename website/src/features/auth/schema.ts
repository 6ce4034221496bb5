import { z } from "zod";
import { asciiDigits } from "@/lib/numbers";

const email = z.email().max(254).trim();
/** A code of the second factor, in the digits of any script. */
const code = z.string().trim().max(32).transform(asciiDigits);
const newPassword = z.string().min(10).max(72);

export const signIn = z.object({ email, password: z.string().min(1).max(1024), next: z.string().optional() });
export const signUp = z.object({ email, password: newPassword });
export const forgot = z.object({ email });
/** `code` is the second factor's, `present` the current password. A value that is not asked for has no field. */
export const reset = z.object({
  password: newPassword,
  code: code.optional(),
  present: z.string().max(1024).optional(),
});

/** The password is asked for again, so that a browser left open does not give the account away. */
export const changeEmail = z.object({
  email,
  password: z.string().min(1).max(1024),
  code: code.optional(),
});

/** The message for an unreadable form that asks for another address, as a key of the messages. */
export const changeEmailProblem = (error: z.ZodError): string =>
  error.issues[0]?.path[0] === "email" ? "invalid_email" : "wrong_password";

/** The page that asks for a code and then returns to the requested page. */
export function secondFactorHref(path: string | null): string {
  const next = safeNext(path ?? undefined);
  return next === "/app" ? "/second-factor" : `/second-factor?next=${encodeURIComponent(next)}`;
}

/** Only a path of this site: a link in a mail must not send people elsewhere after the sign-in. */
export function safeNext(next: string | undefined): string {
  return next && /^\/(app|staff)(\/|\?|$)/.test(next) && !next.includes("//") ? next : "/app";
}
