import "server-only";
import { cookies } from "next/headers";
import { isRecovering, RECOVERY_S, recoveryMark } from "@/lib/recovery";
import { env } from "./env";
import { readMe } from "./me";
import { person } from "./session";
import { cookieOptions } from "./supabase";

const NAME = "recovering";
const nowS = () => Math.floor(Date.now() / 1000);
const key = () => env().LOCKSTEP_VISITOR_KEY ?? "";

/** Called once a person has opened a link to choose another password. */
export async function rememberRecovery(user: string): Promise<void> {
  (await cookies()).set(NAME, recoveryMark(key(), user, nowS()), { ...cookieOptions(), maxAge: RECOVERY_S });
}

/** Whether this browser has lately opened such a link of this person. */
const isRecovered = async (user: string): Promise<boolean> =>
  isRecovering(key(), user, (await cookies()).get(NAME)?.value, nowS());

/** Whether a new password needs the current one. A code of the second factor replaces it. */
export async function needsPresentPassword(): Promise<boolean> {
  const me = await readMe();
  if (me !== null && me.second_factor !== "none") return false;
  const who = await person();
  return who === null || !(await isRecovered(who.id));
}

export async function forgetRecovery(): Promise<void> {
  (await cookies()).delete(NAME);
}
