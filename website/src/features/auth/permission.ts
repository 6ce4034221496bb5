import type { Api } from "@/api/client";
import { permitNewPassword } from "@/api/mutations";
import { Problem } from "@/api/problem";

/** Why a new password was not permitted, in the API's words where it has some. */
export interface Refused {
  readonly code: string;
  readonly detail: string | null;
}

/** Asks the API to let this session set a new password. Null where it may. */
export async function askPermission(api: Api, code: string | undefined, language: string): Promise<Refused | null> {
  try {
    await permitNewPassword(api, code, language);
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
