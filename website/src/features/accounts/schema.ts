import { z } from "zod";
import { asciiDigits } from "@/lib/numbers";
import { LOGIN_DIGITS, PASSWORD_BYTES, SERVER, SERVER_CHARACTERS } from "@/lib/text-limits";

// Otherwise zod tries whether it may compile code from text, which our content security policy forbids and reports.
z.config({ jitless: true });

const bytes = (text: string): number => new TextEncoder().encode(text).length;

/**
 * Whether a terminal accepts this server name. Its limit is in bytes, so no valid name has more characters than that.
 */
export const isServer = (text: string): boolean => SERVER.test(text) && bytes(text) <= SERVER_CHARACTERS;

/** Whether a broker password can be sealed: one line, not longer than a terminal takes. */
export const isPassword = (text: string): boolean =>
  text !== "" && [...text].every((c) => c >= " ") && bytes(text) <= PASSWORD_BYTES;

/** Whether a password has spaces at its ends, which often come from copying. */
export const hasBlankEnds = (password: string): boolean => password !== password.trim();

/** The form of a new account, as typed. Messages are keys of `addAccount.errors`. */
export const newAccount = z.object({
  platform: z.enum(["MT4", "MT5"]),
  environment: z.enum(["demo", "live"]),
  role: z.enum(["master", "slave", "both"]),
  server: z.string().trim().refine(isServer, "server"),
  login: z
    .string()
    .trim()
    .transform(asciiDigits)
    .pipe(z.string().regex(new RegExp(`^[1-9][0-9]{0,${LOGIN_DIGITS - 1}}$`), "login")),
  password: z.string().refine(isPassword, "password"),
  label: z.string().trim().max(64, "label"),
});

export type NewAccount = z.infer<typeof newAccount>;
export type Errors = Partial<Record<keyof NewAccount, string>>;

/** The first error of each field. */
export function errorsOf(error: z.ZodError<NewAccount>): Errors {
  const found: Errors = {};
  for (const issue of error.issues) {
    const field = issue.path[0] as keyof NewAccount;
    found[field] ??= issue.message;
  }
  return found;
}

// The kind of account that a server's name shows, since brokers put it there.
export const looksDemo = (server: string): boolean => /demo|test|practice|trial/i.test(server);
export const looksLive = (server: string): boolean => !looksDemo(server) && /live|real/i.test(server);
