import "server-only";
import { cookies } from "next/headers";
import { ZONE_COOKIE } from "@/lib/zone-cookie";

/** The reader's time zone as their browser has told it; UTC before that, and for what is none. */
export async function readerZone(): Promise<string> {
  const zone = (await cookies()).get(ZONE_COOKIE)?.value ?? "UTC";
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return zone;
  } catch {
    return "UTC";
  }
}
