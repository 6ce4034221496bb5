import { z } from "zod";
import { LOGIN_DIGITS, PASSWORD_BYTES, SERVER_CHARACTERS } from "@/lib/text-limits";

// Else it tries whether it may make code out of text, which our content security policy forbids and reports.
z.config({ jitless: true });

// Characters are counted as the database counts them; a string's length counts some of them twice.
function isServer(text: string): boolean {
  const characters = [...text];
  return (
    characters.length > 0 && characters.length <= SERVER_CHARACTERS && characters.every((c) => c >= " " && c !== "\x7f")
  );
}

/** Whether a broker password can be sealed: not empty, and not longer than a terminal takes. */
export function isPassword(text: string): boolean {
  return text.length > 0 && new TextEncoder().encode(text).length <= PASSWORD_BYTES;
}

/** The form of a new account, as typed. Messages are keys of `addAccount.errors`. */
export const newAccount = z.object({
  platform: z.enum(["MT4", "MT5"]),
  environment: z.enum(["demo", "live"]),
  role: z.enum(["master", "slave", "both"]),
  server: z.string().trim().refine(isServer, "server"),
  login: z
    .string()
    .trim()
    .regex(new RegExp(`^[1-9][0-9]{0,${LOGIN_DIGITS - 1}}$`), "login"),
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

/** What a server's name tells of its accounts: brokers put it there. */
export const looksDemo = (server: string): boolean => /demo|test|practice|trial/i.test(server);
