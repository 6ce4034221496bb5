import "server-only";
import { createServerClient } from "@supabase/ssr";
import { createClient, type SupabaseClient } from "@supabase/supabase-js";
import { cookies } from "next/headers";
import { env, isSecure } from "./env";

/** The browser never talks to Supabase itself, so no script needs to read the session. */
export const cookieOptions = () => ({ httpOnly: true, sameSite: "lax" as const, secure: isSecure(), path: "/" });

/** A client with this request's session. Server Components cannot write cookies; `proxy.ts` has renewed them before. */
export async function supabase(): Promise<SupabaseClient> {
  const jar = await cookies();
  const { LOCKSTEP_SUPABASE_URL, LOCKSTEP_SUPABASE_PUBLISHABLE_KEY } = env();
  return createServerClient(LOCKSTEP_SUPABASE_URL, LOCKSTEP_SUPABASE_PUBLISHABLE_KEY, {
    cookieOptions: cookieOptions(),
    cookies: {
      getAll: () => jar.getAll(),
      setAll: (changed) => {
        try {
          for (const { name, value, options } of changed) jar.set(name, value, options);
        } catch {
          // Next throws in a Server Component, which cannot set cookies.
        }
      },
    },
  });
}

/** A client without a session. Its sessions are stored in no cookie. */
export function stranger(): SupabaseClient {
  const { LOCKSTEP_SUPABASE_URL, LOCKSTEP_SUPABASE_PUBLISHABLE_KEY } = env();
  const auth = { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false };
  return createClient(LOCKSTEP_SUPABASE_URL, LOCKSTEP_SUPABASE_PUBLISHABLE_KEY, { auth });
}
