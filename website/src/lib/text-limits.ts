// The limits of lockstep_core.text_limits; tests/house compares them.
export const SERVER_CHARACTERS = 63;
export const LOGIN_DIGITS = 15;
export const PASSWORD_BYTES = 256;
