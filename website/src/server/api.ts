import "server-only";
import createClient from "openapi-fetch";
import type { Api } from "@/api/client";
import type { paths } from "@/api/schema";
import { env } from "./env";

const TIMEOUT_MS = 2_000;

/** Calls of the API itself for whom the token stands for. A page that waits longer for one is better sent without it. */
export const apiFor = (token: string): Api =>
  createClient<paths>({
    baseUrl: env().LOCKSTEP_API_URL.replace(/\/$/, ""),
    headers: { authorization: `Bearer ${token}` },
    fetch: (call) => fetch(call, { cache: "no-store", signal: AbortSignal.timeout(TIMEOUT_MS) }),
  });
