import { randomBytes, randomInt } from "node:crypto";

/** The test broker's control: what a person does on a phone. */
const BROKER = process.env.LOCKSTEP_BROKER ?? "http://127.0.0.1:8080";
export const SERVER = "LockstepTest-Demo";

export interface Login {
  readonly login: number;
  readonly password: string;
}

async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
  const headers = { "content-type": "application/json" };
  const answer = await fetch(BROKER + path, {
    method,
    headers,
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as T;
}

/** A new account at the test broker. */
export async function brokerAccount(balance = 10_000): Promise<Login> {
  const login = { login: randomInt(10_000_000, 90_000_000), password: randomBytes(12).toString("base64url") };
  await call("POST", "/accounts", { ...login, balance });
  return login;
}

/** A market order from the phone; the position's ticket. */
export async function open(login: number, symbol: string, side: "buy" | "sell", lots: string): Promise<number> {
  return (await call<{ position: number }>("POST", `/accounts/${login}/trades`, { symbol, side, lots })).position;
}

export const close = (login: number, ticket: number) =>
  call("POST", `/accounts/${login}/positions/${ticket}/close`, {});

export const positions = (login: number) =>
  call<{ ticket: number; lots: number }[]>("GET", `/accounts/${login}/positions`);

export const fresh = (prefix: string) => `${prefix}-${randomBytes(5).toString("hex")}@example.com`;
