import type { Account } from "@/api/client";
import { hasWords } from "@/lib/view";

/** Whether an account has every typed word in its name, login, server or tags. */
export const isFound = (account: Pick<Account, "label" | "login" | "server" | "tags">, typed: string): boolean =>
  hasWords([account.label, account.login, account.server, ...(account.tags ?? [])].join(" "), typed);

/** All tags of these accounts, each once, in order. */
export const tagsOf = (accounts: readonly Pick<Account, "tags">[]): readonly string[] =>
  [...new Set(accounts.flatMap((account) => account.tags ?? []))].toSorted((a, b) => a.localeCompare(b));

/** The tags in what somebody typed, which commas part. */
export const typedTags = (typed: string): string[] => [
  ...new Set(
    typed
      .split(/[,،;]/)
      .map((tag) => tag.trim())
      .filter(Boolean),
  ),
];
