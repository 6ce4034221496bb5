import { z } from "zod";

const email = z.email().max(254).trim();
const newPassword = z.string().min(10).max(72);

export const signIn = z.object({ email, password: z.string().min(1).max(1024), next: z.string().optional() });
export const signUp = z.object({ email, password: newPassword });
export const forgot = z.object({ email });
/** `code` is of the second factor; without one the field is not there. */
export const reset = z.object({ password: newPassword, code: z.string().trim().max(32).optional() });

/** Only a path of this site: a link in a mail must not send people elsewhere after they signed in. */
export function safeNext(next: string | undefined): string {
  return next && /^\/(app|staff)(\/|\?|$)/.test(next) && !next.includes("//") ? next : "/app";
}
