import "server-only";
import { cache } from "react";
import type { Schemas } from "@/api/client";
import { apiFor } from "./api";
import { accessToken } from "./session";

interface Caller {
  readonly me: Schemas["Me"] | null;
  readonly suspended: boolean;
}

const NOBODY: Caller = { me: null, suspended: false };

/** The person as the API knows them; null if it does not answer. Read once per request. */
export const caller = cache(async (): Promise<Caller> => {
  const token = await accessToken();
  if (!token) return NOBODY;
  const answer = await apiFor(token)
    .GET("/v1/me")
    .catch(() => null);
  if (!answer) return NOBODY;
  if (answer.data) return { me: answer.data, suspended: false };
  return { me: null, suspended: (answer.error as { code?: unknown } | undefined)?.code === "suspended" };
});

/** The person as the API knows them; null where it does not answer. */
export const readMe = async (): Promise<Schemas["Me"] | null> => (await caller()).me;
