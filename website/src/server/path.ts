/** The header in which the proxy passes the requested address to pages; layouts do not see it otherwise. */
export const PATH_HEADER = "x-path";
