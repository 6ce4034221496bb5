import "server-only";
import { cookies } from "next/headers";
import { ZONE_COOKIE } from "@/lib/zone-cookie";

/** The reader's time zone from their browser's cookie; UTC without a cookie, or with an unknown zone in it. */
export async function readerZone(): Promise<string> {
  const zone = (await cookies()).get(ZONE_COOKIE)?.value ?? "UTC";
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return zone;
  } catch {
    return "UTC";
  }
}
