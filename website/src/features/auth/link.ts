import type { EmailOtpType } from "@supabase/supabase-js";
import { z } from "zod";

const TOKEN = z.string().min(1).max(512);

/** The content of a link in a mail: a token with its purpose, or the code of a sign-in that this browser began. */
const shape = z.union([
  z.object({
    token_hash: TOKEN,
    type: z.enum(["signup", "recovery", "email", "email_change", "magiclink", "invite"] satisfies EmailOtpType[]),
    next: z.string().max(512).optional(),
  }),
  z.object({ code: TOKEN, next: z.string().max(512).optional() }),
]);

export type MailLink = z.infer<typeof shape>;

/** Reads a link's parameters, from its address or from its page's form. Null if the link is not ours. */
export function mailLink(parameters: Readonly<Record<string, unknown>>): MailLink | null {
  return shape.safeParse(parameters).data ?? null;
}

export const isRecovery = (link: MailLink): boolean =>
  ("type" in link && link.type === "recovery") || link.next === "/reset";

export const isEmailChange = (link: MailLink): boolean => "type" in link && link.type === "email_change";
