import "server-only";
import { signVisitor, VISITOR_HEADER, visitorAddress } from "@/lib/visitor";
import { env } from "./env";

/** Adds the visitor's address, so that the API counts each visitor separately. */
export function withVisitor(asked: Headers, from: Headers): void {
  const { LOCKSTEP_VISITOR_KEY, LOCKSTEP_TRUSTED_PROXIES } = env();
  const address = visitorAddress(from.get("x-forwarded-for"), LOCKSTEP_TRUSTED_PROXIES);
  if (!LOCKSTEP_VISITOR_KEY || !address) return;
  asked.set(VISITOR_HEADER, signVisitor(LOCKSTEP_VISITOR_KEY, address, Math.floor(Date.now() / 1000)));
}
