import "server-only";
import { readFile } from "node:fs/promises";
import { env } from "./env";
import { newestKey, type SealingKey } from "./published-keys";

/**
 * The key to seal passwords to, as the keyring publishes it and the deployment mounts it here, read each time because
 * keys rotate. Null if it cannot be read. The API is not asked for it: whoever served a false key could read what is
 * sealed to it.
 */
export async function mountedKey(): Promise<SealingKey | null> {
  try {
    return newestKey(await readFile(env().LOCKSTEP_PUBLIC_KEYS_FILE, "utf8"));
  } catch {
    return null;
  }
}
