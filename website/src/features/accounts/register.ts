import type { QueryClient } from "@tanstack/react-query";
import type { Account } from "@/api/client";
import * as mutations from "@/api/mutations";
import * as queries from "@/api/queries";
import { seal } from "@/lib/seal";
import { sealedProxy, type TypedProxy } from "./proxy";
import type { NewAccount } from "./schema";

/** Seals the passwords for a new id and registers the account with its proxy. Plain passwords are never sent. */
export async function register(client: QueryClient, typed: NewAccount, of: TypedProxy, id: string): Promise<Account> {
  const key = await client.fetchQuery(queries.sealingKey());
  const { password, login, label, ...rest } = typed;
  const sealed = await seal(password, { ...rest, id, login }, key);
  const body = { ...rest, id, login: Number(login), label: label || `${rest.server} ${login}`.slice(0, 64), sealed };
  const proxy = await sealedProxy(client, of, { ...rest, id, login });
  return mutations.addAccount({ ...body, proxy, offered_proxy: of.type === "offered" ? { name: of.name } : null });
}

/** Replaces an account's password. Its terminal restarts. */
export async function replacePassword(client: QueryClient, account: Account, password: string): Promise<Account> {
  const key = await client.fetchQuery(queries.sealingKey());
  const sealed = await seal(password, account, key);
  return mutations.changeCredentials(account.id, { sealed });
}

/**
 * Changes an account's server name after its broker has renamed the server. The password is sealed for the new name.
 */
export async function moveAccount(client: QueryClient, account: Account, server: string, password: string) {
  const key = await client.fetchQuery(queries.sealingKey());
  const sealed = await seal(password, { ...account, server }, key);
  return mutations.moveAccount(account.id, { server, sealed });
}
