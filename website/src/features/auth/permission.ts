import type { Api, Schemas } from "@/api/client";
import { permitChange } from "@/api/mutations";
import { Problem } from "@/api/problem";

/** The part of the sign-in that is to be changed. */
export type Changed = Schemas["SignInChange"]["what"];

/** Why a change was not permitted, in the API's words if it has some. */
export interface Refused {
  readonly code: string;
  readonly detail: string | null;
}

/** Asks the API to let this session set a new password or e-mail address. Null where it may. */
export async function askPermission(
  api: Api,
  what: Changed,
  code: string | undefined,
  language: string,
): Promise<Refused | null> {
  try {
    await permitChange(api, what, code, language);
    return null;
  } catch (error) {
    return error instanceof Problem ? refusal(error) : { code: "unavailable", detail: null };
  }
}

function refusal({ status, code, message }: Problem): Refused | null {
  // An installation without second factors has nothing to permit.
  if (status === 501) return null;
  if (status === 401) return { code: "session_expired", detail: null };
  return status === 0 || status >= 500 ? { code: "unavailable", detail: null } : { code, detail: message };
}
