import { z } from "zod";
import { asciiDigits } from "@/lib/numbers";

const email = z.email().max(254).trim();
/** A code of the second factor, in the digits of any script. */
const code = z.string().trim().max(32).transform(asciiDigits);
const newPassword = z.string().min(10).max(72);

export const signIn = z.object({ email, password: z.string().min(1).max(1024), next: z.string().optional() });
export const signUp = z.object({ email, password: newPassword });
export const forgot = z.object({ email });
/** `code` is of the second factor, `present` the password up to now; where one is not asked for, its field is not there. */
export const reset = z.object({
  password: newPassword,
  code: code.optional(),
  present: z.string().max(1024).optional(),
});

/** The password is asked for again: a browser that was left open must not give the account away. */
export const changeEmail = z.object({
  email,
  password: z.string().min(1).max(1024),
  code: code.optional(),
});

/** What to say about a form that asks for another address and cannot be read, as a key of the messages. */
export const changeEmailProblem = (error: z.ZodError): string =>
  error.issues[0]?.path[0] === "email" ? "invalid_email" : "wrong_password";

/** The page that asks for a code, from where one comes back to what was asked for. */
export function secondFactorHref(path: string | null): string {
  const next = safeNext(path ?? undefined);
  return next === "/app" ? "/second-factor" : `/second-factor?next=${encodeURIComponent(next)}`;
}

/** Only a path of this site: a link in a mail must not send people elsewhere after they signed in. */
export function safeNext(next: string | undefined): string {
  return next && /^\/(app|staff)(\/|\?|$)/.test(next) && !next.includes("//") ? next : "/app";
}
