import "server-only";
import { cookies } from "next/headers";
import { z } from "zod";
import { cookieOptions } from "./supabase";

const NAME = "asked-mail";
const AN_HOUR_S = 3600;
const shape = z.object({ email: z.email().max(254), kind: z.enum(["signup", "recovery"]) });

/** The mail that this browser requested last. It is kept in a cookie, so that the address appears in no URL and no log. */
export type RequestedMail = z.infer<typeof shape>;

export async function requestedMail(): Promise<RequestedMail | null> {
  const kept = (await cookies()).get(NAME)?.value;
  try {
    return shape.parse(JSON.parse(kept ?? "null"));
  } catch {
    return null;
  }
}

export async function rememberMail(mail: RequestedMail): Promise<void> {
  (await cookies()).set(NAME, JSON.stringify(mail), { ...cookieOptions(), maxAge: AN_HOUR_S });
}

/** Called once the mail's link was used: its address is not needed any more. */
export async function forgetMail(): Promise<void> {
  (await cookies()).delete(NAME);
}
