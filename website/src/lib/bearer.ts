const API_TOKEN = /^Bearer (ls_[A-Za-z0-9_-]+)$/;

/**
 * A program's API token, which replaces a session. A page of another site cannot send one, so no origin check is
 * needed.
 */
export function apiToken(headers: Headers): string | null {
  return API_TOKEN.exec(headers.get("authorization") ?? "")?.[1] ?? null;
}
