import { createHmac, timingSafeEqual } from "node:crypto";

const CONTEXT = "lockstep recovery v1";
/** The most time from opening a link in a mail to choosing a new password. */
export const RECOVERY_S = 900;

const signature = (key: string, user: string, untilS: number): string =>
  createHmac("sha256", Buffer.from(key, "base64"))
    .update([CONTEXT, user, String(untilS)].join("\0"))
    .digest("hex");

/** A mark that this person has just opened a link to choose another password, so that the old one need not be known. */
export const recoveryMark = (key: string, user: string, nowS: number): string =>
  `${nowS + RECOVERY_S} ${signature(key, user, nowS + RECOVERY_S)}`;

/** Whether a mark belongs to this person, was made with this key, and has not expired. */
export function isRecovering(key: string, user: string, mark: string | undefined, nowS: number): boolean {
  const [until = "", given = ""] = (mark ?? "").split(" ");
  const expected = Buffer.from(signature(key, user, Number(until)));
  const read = Buffer.from(given);
  return nowS < Number(until) && read.length === expected.length && timingSafeEqual(read, expected);
}
