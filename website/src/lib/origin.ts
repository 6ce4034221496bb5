const READING = new Set(["GET", "HEAD", "OPTIONS"]);

/** Whether a changing request was made by another site's page. Browsers always say so; programs have tokens. */
export function isForeign(method: string, headers: Headers): boolean {
  if (READING.has(method)) return headers.get("sec-fetch-site") === "cross-site";
  const site = headers.get("sec-fetch-site");
  if (site) return site !== "same-origin";
  const origin = headers.get("origin");
  const host = headers.get("x-forwarded-host") ?? headers.get("host");
  return !origin || !host || hostOf(origin) !== host;
}

function hostOf(origin: string): string | null {
  try {
    return new URL(origin).host;
  } catch {
    return null;
  }
}
