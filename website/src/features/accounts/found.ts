import type { Account } from "@/api/client";

/** Whether an account has every typed word in its name, login or server. */
export function isFound(account: Pick<Account, "label" | "login" | "server">, typed: string): boolean {
  const text = `${account.label} ${account.login} ${account.server}`.toLocaleLowerCase();
  return typed
    .toLocaleLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
