import type { Refused } from "@/features/auth/permission";

interface Calls {
  /** Verifies a code of the second factor, which permits the deletion. */
  readonly permit: (code: string) => Promise<Refused | null>;
  /** Null if this is the person's password. */
  readonly check: (password: string) => Promise<string | null>;
  readonly remove: () => Promise<unknown>;
}

/**
 * Deletes the person once the code or the password has proved who they are. Otherwise deletes nothing and returns
 * why.
 */
export async function confirmDeletion(hasFactor: boolean, proof: string, calls: Calls): Promise<Refused | null> {
  const refused = hasFactor ? await calls.permit(proof.trim()) : wrong(await calls.check(proof));
  if (refused) return refused;
  await calls.remove();
  return null;
}

const wrong = (code: string | null): Refused | null => (code ? { code, detail: null } : null);
