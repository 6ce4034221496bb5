import type { QueryClient } from "@tanstack/react-query";
import type { Account, Schemas } from "@/api/client";
import * as mutations from "@/api/mutations";
import * as queries from "@/api/queries";
import { sealProxy } from "@/lib/seal";
import { isPassword } from "./schema";

// The patterns and the limit of lockstep_core.proxies; tests/house compares them.
const ADDRESS = /^(?:(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])\.){3}(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])$/;
const LOGIN = /^[!-9;-~]{1,128}$/;
export const PROXY_PASSWORD_BYTES = 255;

/** An account's proxy, as typed. Without a login it has no password. An offered proxy has only a `name`. */
export interface TypedProxy {
  readonly type: "none" | "offered" | Schemas["ProxyType"];
  readonly name: string;
  readonly address: string;
  readonly port: string;
  readonly login: string;
  readonly password: string;
}
export type ProxyErrors = Partial<Record<keyof TypedProxy, true>>;

export const NO_PROXY: TypedProxy = { type: "none", name: "", address: "", port: "", login: "", password: "" };

/** The account's present proxy, to be changed. Its password is not known here. */
export const typedOf = ({ proxy, proxy_name }: Pick<Account, "proxy" | "proxy_name">): TypedProxy => {
  if (proxy_name) return { ...NO_PROXY, type: "offered", name: proxy_name };
  return proxy
    ? { ...NO_PROXY, type: proxy.type, address: proxy.address, port: String(proxy.port), login: proxy.login ?? "" }
    : NO_PROXY;
};

const isProxyPassword = (text: string): boolean =>
  isPassword(text) && new TextEncoder().encode(text).length <= PROXY_PASSWORD_BYTES;

/** The invalid fields; none if there is to be no proxy. */
export function proxyErrors({ type, address, port, login, password }: TypedProxy): ProxyErrors {
  if (type === "none" || type === "offered") return {};
  const isPort = /^[0-9]{1,5}$/.test(port.trim()) && Number(port) >= 1 && Number(port) <= 65535;
  const found: ProxyErrors = {};
  if (!ADDRESS.test(address.trim())) found.address = true;
  if (!isPort) found.port = true;
  if ((login || password) && !LOGIN.test(login)) found.login = true;
  if (login && !isProxyPassword(password)) found.password = true;
  return found;
}

interface Owner {
  readonly id: string;
  readonly platform: string;
  readonly login: string | number;
}

/**
 * An account's own proxy as the API takes it: the password is sealed for this account and this proxy. Null without
 * one.
 */
export async function sealedProxy(
  client: QueryClient,
  typed: TypedProxy,
  account: Owner,
): Promise<Schemas["NewProxy"] | null> {
  if (typed.type === "none" || typed.type === "offered") return null;
  const where = { type: typed.type, address: typed.address.trim(), port: Number(typed.port) };
  if (!typed.login) return where;
  const key = await client.fetchQuery(queries.sealingKey());
  const sealed = await sealProxy(typed.password, account, { ...where, login: typed.login }, key);
  return { ...where, login: typed.login, sealed };
}

/** Sets or removes an account's proxy. Its terminal restarts. */
export async function replaceProxy(client: QueryClient, account: Account, typed: TypedProxy): Promise<Account> {
  if (typed.type === "offered") return mutations.setOfferedProxy(account.id, typed.name);
  const proxy = await sealedProxy(client, typed, account);
  return proxy ? mutations.setProxy(account.id, proxy) : mutations.removeProxy(account.id);
}
