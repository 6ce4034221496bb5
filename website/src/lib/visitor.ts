import { createHmac } from "node:crypto";

export const VISITOR_HEADER = "x-lockstep-visitor";
const CONTEXT = "lockstep visitor v1";

/**
 * The address of a visitor: the entry of X-Forwarded-For that the outermost of our own proxies added. The visitor can
 * write entries before it.
 */
export function visitorAddress(forwarded: string | null, proxies: number): string | null {
  const entries = (forwarded ?? "")
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "");
  return entries[Math.max(0, entries.length - 1 - proxies)] ?? null;
}

/** The header with the visitor's address for the API: Unix time in s, the address, and the HMAC-SHA256 of both. */
export function signVisitor(key: string, address: string, nowS: number): string {
  const signed = [CONTEXT, String(nowS), address].join("\0");
  const signature = createHmac("sha256", Buffer.from(key, "base64")).update(signed).digest("hex");
  return `${nowS} ${address} ${signature}`;
}
