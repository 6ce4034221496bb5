import "server-only";
import { redirect } from "next/navigation";
import { cache } from "react";
import { supabase } from "./supabase";

interface Person {
  readonly id: string;
  readonly email: string;
}

/** The signed-in person, from the claims that Supabase verified; null without a session. Read once per request. */
export const person = cache(async (): Promise<Person | null> => {
  const { data } = await (await supabase()).auth.getClaims();
  const claims = data?.claims;
  return claims?.sub ? { id: claims.sub, email: String(claims.email ?? "") } : null;
});

/** The signed-in person; without one, the request is redirected to the sign-in page. */
export async function requirePerson(): Promise<Person> {
  return (await person()) ?? redirect("/sign-in");
}

/** The session's access token, renewed when it is about to expire; null without a session. */
export const accessToken = cache(async (): Promise<string | null> => {
  const { data } = await (await supabase()).auth.getSession();
  return data.session?.access_token ?? null;
});
