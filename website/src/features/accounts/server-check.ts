import type { Schemas } from "@/api/client";
import type { NewAccount } from "./schema";

/** The most important fact about a server; nothing if none is known. */
export function knownOf(
  check: Schemas["ServerCheck"],
  environment: NewAccount["environment"],
): "demo" | "live" | "maintained" | "silent" | "known" | null {
  if (check.known === null) return null;
  if (check.known.environment !== environment) return check.known.environment;
  if (check.maintained_until !== null) return "maintained";
  return check.answers === false ? "silent" : "known";
}
