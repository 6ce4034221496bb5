import { type Account, api, unwrap } from "@/api/client";
import { seal } from "@/lib/seal";
import type { NewAccount } from "./schema";

/** Seals the password for a fresh id and registers the account. The password goes nowhere but into the seal. */
export async function register(typed: NewAccount, id: string): Promise<Account> {
  const key = await unwrap(api.GET("/v1/sealing-key"));
  const { password, login, label, ...rest } = typed;
  const sealed = await seal(password, id, key);
  const body = { ...rest, id, login: Number(login), label: label || `${rest.server} ${login}`.slice(0, 64), sealed };
  return unwrap(api.POST("/v1/accounts", { body }));
}

/** Hands in another password for an account; its terminal starts again with it. */
export async function replacePassword(account: string, password: string): Promise<Account> {
  const key = await unwrap(api.GET("/v1/sealing-key"));
  const sealed = await seal(password, account, key);
  return unwrap(api.PUT("/v1/accounts/{account}/credentials", { params: { path: { account } }, body: { sealed } }));
}
