/** Holds the time zone of whoever reads, so that the server fills pages for the right days. */
export const ZONE_COOKIE = "zone";
