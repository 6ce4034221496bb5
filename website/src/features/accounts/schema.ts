import { z } from "zod";

// Else it tries whether it may make code out of text, which our content security policy forbids and reports.
z.config({ jitless: true });

/** The form of a new account, as typed. Messages are keys of `addAccount.errors`. */
export const newAccount = z.object({
  platform: z.enum(["MT4", "MT5"]),
  environment: z.enum(["demo", "live"]),
  role: z.enum(["master", "slave", "both"]),
  server: z.string().trim().min(1, "server").max(128, "server"),
  login: z
    .string()
    .trim()
    .regex(/^[1-9]\d{0,18}$/, "login"),
  password: z.string().min(1, "password").max(256, "password"),
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
