import "server-only";
import { createServerClient } from "@supabase/ssr";
import type { SupabaseClient } from "@supabase/supabase-js";
import { cookies } from "next/headers";
import { env, isSecure } from "./env";

/** The browser never talks to Supabase itself, so no script needs to read the session. */
export const cookieOptions = () => ({ httpOnly: true, sameSite: "lax" as const, secure: isSecure(), path: "/" });

/** A client for this request's person. In Server Components cookies cannot be written; `proxy.ts` has done it before. */
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
          // A Server Component: nothing can be set here.
        }
      },
    },
  });
}
