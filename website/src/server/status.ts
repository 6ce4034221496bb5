import "server-only";
import { env } from "./env";

const TIMEOUT_MS = 3_000;

interface PartStatus {
  readonly part: "website" | "api" | "signIn";
  readonly up: boolean;
}

/** Whether the API and the sign-in answer now. The website itself answers, since it shows this. */
export async function statusOf(): Promise<readonly PartStatus[]> {
  const { LOCKSTEP_API_URL, LOCKSTEP_SUPABASE_URL, LOCKSTEP_SUPABASE_PUBLISHABLE_KEY: apikey } = env();
  const [api, signIn] = await Promise.all([
    answers(`${LOCKSTEP_API_URL.replace(/\/$/, "")}/openapi.json`),
    answers(`${LOCKSTEP_SUPABASE_URL.replace(/\/$/, "")}/auth/v1/health`, { apikey }),
  ]);
  return [
    { part: "website", up: true },
    { part: "api", up: api },
    { part: "signIn", up: signIn },
  ];
}

async function answers(url: string, headers: Record<string, string> = {}): Promise<boolean> {
  const options = { headers, cache: "no-store" as const, signal: AbortSignal.timeout(TIMEOUT_MS) };
  const answer = await fetch(url, options).catch(() => null);
  return answer?.ok ?? false;
}
