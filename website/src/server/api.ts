import "server-only";
import { headers } from "next/headers";
import createClient from "openapi-fetch";
import type { Api } from "@/api/client";
import type { paths } from "@/api/schema";
import { whole } from "@/lib/whole";
import { env } from "./env";
import { withVisitor } from "./visitor";

const TIMEOUT_MS = 2_000;

/**
 * Calls the API itself, as the token's owner. A call that takes too long fails: the page is then sent without its
 * data.
 */
export const apiFor = (token: string): Api =>
  createClient<paths>({
    baseUrl: env().LOCKSTEP_API_URL.replace(/\/$/, ""),
    headers: { authorization: `Bearer ${token}` },
    fetch: async (call) => {
      withVisitor(call.headers, await headers());
      const rest = { cache: "no-store", signal: AbortSignal.timeout(TIMEOUT_MS) } as const;
      return fetch(call.url, { ...(await whole(call)), ...rest });
    },
  });
