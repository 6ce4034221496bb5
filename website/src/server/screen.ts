import "server-only";
import { headers } from "next/headers";

/** Whether the browser reports that it runs on a phone. */
export async function isPhone(): Promise<boolean> {
  const told = await headers();
  const hint = told.get("sec-ch-ua-mobile");
  return hint ? hint === "?1" : /Mobi/.test(told.get("user-agent") ?? "");
}
