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

/** Books a cost to the account's first deal, as brokers do after the trade: its equity falls by so much at once. */
export async function charge(login: number, amount: number): Promise<void> {
  const [deal] = await call<{ ticket: number }[]>("GET", `/accounts/${login}/deals`);
  if (!deal) throw new Error(`account ${login} has no deal`);
  await call("POST", `/accounts/${login}/deals/${deal.ticket}/charge`, { commission: -amount });
}

/** Where the development's mail server shows what it took. */
const MAILBOX = process.env.LOCKSTEP_MAILBOX ?? "http://127.0.0.1:8025";
const MAIL_MS = 60_000;

interface Mail {
  readonly subject: string;
  readonly html: string;
}

/** The mails to an address that lead to `/confirm`, newest first. Mails about alerts come at any time and are left out. */
export async function mails(to: string): Promise<Mail[]> {
  const answer = await fetch(`${MAILBOX}/messages?to=${encodeURIComponent(to)}`);
  if (!answer.ok) throw new Error(`mails to ${to}: ${answer.status}`);
  return ((await answer.json()) as Mail[]).filter((mail) => mail.html?.includes("/confirm?"));
}

/** The newest mail to an address once there are at least so many. */
export async function newestMail(to: string, atLeast = 1): Promise<Mail> {
  const end = Date.now() + MAIL_MS;
  for (;;) {
    const found = await mails(to);
    if (found.length >= atLeast && found[0]) return found[0];
    if (Date.now() > end) throw new Error(`${found.length} mails to ${to} instead of ${atLeast}`);
    await new Promise((done) => setTimeout(done, 200));
  }
}

/** Where a mail's link leads: whole, and as a path of the website under test, which answers at another address. */
export function linkOf(mail: Mail): { url: URL; path: string } {
  const href = /<a href="([^"]+)"/.exec(mail.html)?.[1]?.replaceAll("&amp;", "&");
  if (!href) throw new Error(`no link in the mail "${mail.subject}"`);
  const url = new URL(href);
  return { url, path: url.pathname + url.search };
}
