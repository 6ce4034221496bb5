import "server-only";
import { cache } from "react";
import type { Schemas } from "@/api/client";
import { env } from "./env";
import { accessToken } from "./session";

interface Standing {
  readonly me: Schemas["Me"] | null;
  readonly suspended: boolean;
}

const NOBODY: Standing = { me: null, suspended: false };
const TIMEOUT_MS = 2_000;

/** How the API meets the person; nobody where it cannot be asked. Once per request. */
export const standing = cache(async (): Promise<Standing> => {
  const token = await accessToken();
  if (!token) return NOBODY;
  const headers = { authorization: `Bearer ${token}` };
  const url = `${env().LOCKSTEP_API_URL.replace(/\/$/, "")}/v1/me`;
  const answer = await fetch(url, { headers, cache: "no-store", signal: AbortSignal.timeout(TIMEOUT_MS) }).catch(
    () => null,
  );
  if (!answer) return NOBODY;
  const body: unknown = await answer.json().catch(() => null);
  if (answer.ok) return { me: body as Schemas["Me"], suspended: false };
  return { me: null, suspended: (body as { code?: unknown } | null)?.code === "suspended" };
});

/** The person as the API sees them; null where it cannot be asked. */
export const readMe = async (): Promise<Schemas["Me"] | null> => (await standing()).me;
