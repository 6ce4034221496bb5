const API_TOKEN = /^Bearer (ls_[A-Za-z0-9_-]+)$/;

/** A program's own API token, which stands for its owner in place of a session. No page of another site can send one. */
export function apiToken(headers: Headers): string | null {
  return API_TOKEN.exec(headers.get("authorization") ?? "")?.[1] ?? null;
}
