import "server-only";
import { unwrap } from "@/api/client";
import type { JsonSchema } from "@/features/copiers/schema";
import { apiFor } from "./api";
import { accessToken } from "./session";

/** The schema of a copier's settings as the trading engine reads them. Throws if the API does not answer. */
export async function settingsSchema(): Promise<JsonSchema> {
  const token = await accessToken();
  const found: unknown = token ? await unwrap(apiFor(token).GET("/v1/settings-schema")).catch(() => null) : null;
  if (typeof found !== "object" || found === null) throw new Error("settings schema: no answer");
  return found as JsonSchema;
}
