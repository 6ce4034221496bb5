/** The cookie with the reader's time zone, so that the server renders the right days. */
export const ZONE_COOKIE = "zone";
