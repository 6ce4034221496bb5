// The limits and patterns of lockstep_core.text_limits; tests/house compares them.
export const SERVER_CHARACTERS = 63;
export const LOGIN_DIGITS = 15;
export const PASSWORD_BYTES = 256;
export const TAG_CHARACTERS = 32;
export const TAGS = 20;
/** A server's name: one line of visible characters, without spaces around it. A terminal reports 63 bytes of it. */
export const SERVER =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it keeps out
  /^[^ \u0000-\u001f\u007f-\u00a0\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff](?:[^\u0000-\u001f\u007f-\u00a0\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff]*[^ \u0000-\u001f\u007f-\u00a0\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff])?$/;
