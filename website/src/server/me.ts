import "server-only";
import { cache } from "react";
import type { Schemas } from "@/api/client";
import { readApi } from "./prefetch";
import { accessToken } from "./session";

/** The person as the API sees them; null where it cannot be asked. Once per request. */
export const readMe = cache(async (): Promise<Schemas["Me"] | null> => {
  const token = await accessToken();
  return token ? (((await readApi("/v1/me", token)) as Schemas["Me"] | undefined) ?? null) : null;
});
