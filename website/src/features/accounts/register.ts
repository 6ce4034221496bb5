import type { Account } from "@/api/client";
import * as mutations from "@/api/mutations";
import { seal } from "@/lib/seal";
import type { NewAccount } from "./schema";

/** Seals the password for a new id and registers the account. The password itself is never sent. */
export async function register(typed: NewAccount, id: string): Promise<Account> {
  const key = await mutations.sealingKey();
  const { password, login, label, ...rest } = typed;
  const sealed = await seal(password, id, key);
  const body = { ...rest, id, login: Number(login), label: label || `${rest.server} ${login}`.slice(0, 64), sealed };
  return mutations.addAccount(body);
}

/** Replaces the password of an account; its terminal restarts with the new one. */
export async function replacePassword(account: string, password: string): Promise<Account> {
  const key = await mutations.sealingKey();
  const sealed = await seal(password, account, key);
  return mutations.changeCredentials(account, { sealed });
}
