import "server-only";
import { unwrap } from "@/api/client";
import type { JsonSchema } from "@/features/copiers/schema";
import { apiFor } from "./api";
import { accessToken } from "./session";

/** The schema of a copier's settings as the engine that trades reads them. Throws where the API cannot be asked. */
export async function settingsSchema(): Promise<JsonSchema> {
  const token = await accessToken();
  const found: unknown = token ? await unwrap(apiFor(token).GET("/v1/settings-schema")).catch(() => null) : null;
  if (typeof found !== "object" || found === null) throw new Error("settings schema: no answer");
  return found as JsonSchema;
}
