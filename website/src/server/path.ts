/** The header in which the proxy tells pages the address that was asked for; layouts do not see it otherwise. */
export const PATH_HEADER = "x-path";
