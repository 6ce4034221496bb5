import "server-only";
import { redirect } from "next/navigation";
import { cache } from "react";
import { supabase } from "./supabase";

interface Person {
  readonly id: string;
  readonly email: string;
}

/** Who is asking, as Supabase itself says; null without a session. Once per request. */
export const person = cache(async (): Promise<Person | null> => {
  const { data } = await (await supabase()).auth.getClaims();
  const claims = data?.claims;
  return claims?.sub ? { id: claims.sub, email: String(claims.email ?? "") } : null;
});

/** The person, or a way to the sign-in page. */
export async function requirePerson(): Promise<Person> {
  return (await person()) ?? redirect("/sign-in");
}

/** The session's access token, renewed where it is about to end; null without a session. */
export const accessToken = cache(async (): Promise<string | null> => {
  const { data } = await (await supabase()).auth.getSession();
  return data.session?.access_token ?? null;
});
