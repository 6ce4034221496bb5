import type { QueryClient } from "@tanstack/react-query";
import type { Account } from "@/api/client";
import * as mutations from "@/api/mutations";
import * as queries from "@/api/queries";
import { seal } from "@/lib/seal";
import { sealedProxy, type TypedProxy } from "./proxy";
import type { NewAccount } from "./schema";

/** Seals the passwords for a new id and registers the account with its proxy. No password itself is ever sent. */
export async function register(client: QueryClient, typed: NewAccount, of: TypedProxy, id: string): Promise<Account> {
  const key = await client.fetchQuery(queries.sealingKey());
  const { password, login, label, ...rest } = typed;
  const sealed = await seal(password, { ...rest, id, login }, key);
  const body = { ...rest, id, login: Number(login), label: label || `${rest.server} ${login}`.slice(0, 64), sealed };
  const proxy = await sealedProxy(client, of, { ...rest, id, login });
  return mutations.addAccount({ ...body, proxy, offered_proxy: of.type === "offered" ? { name: of.name } : null });
}

/** Replaces the password of an account; its terminal restarts with the new one. */
export async function replacePassword(client: QueryClient, account: Account, password: string): Promise<Account> {
  const key = await client.fetchQuery(queries.sealingKey());
  const sealed = await seal(password, account, key);
  return mutations.changeCredentials(account.id, { sealed });
}

/** Gives an account the name that its broker has given its server. The password is sealed for that name. */
export async function moveAccount(client: QueryClient, account: Account, server: string, password: string) {
  const key = await client.fetchQuery(queries.sealingKey());
  const sealed = await seal(password, { ...account, server }, key);
  return mutations.moveAccount(account.id, { server, sealed });
}
