import "server-only";
import { z } from "zod";

const KEY_BYTES = 32;

const shape = z.object({
  LOCKSTEP_SUPABASE_URL: z.url(),
  LOCKSTEP_SUPABASE_PUBLISHABLE_KEY: z.string().min(1),
  LOCKSTEP_API_URL: z.url(),
  /** The address that people type; decides links in mails and whether cookies need https. */
  LOCKSTEP_SITE_URL: z.url().default("http://127.0.0.1:3000"),
  /** The keyring's public keys, mounted. */
  LOCKSTEP_PUBLIC_KEYS_FILE: z.string().min(1).default("/var/run/lockstep/public-keys/keys.json"),
  /** Shared with the API: signs visitors' addresses. Without it, all visitors count as one at the API. */
  LOCKSTEP_VISITOR_KEY: z
    .base64()
    .refine((key) => Buffer.from(key, "base64").length === KEY_BYTES)
    .optional(),
  /** The proxies before the website's own door that add to X-Forwarded-For, such as an ingress controller. */
  LOCKSTEP_TRUSTED_PROXIES: z.coerce.number().int().min(0).default(0),
});

type Env = z.infer<typeof shape>;

let read: Env | undefined;

/** The environment, checked at the first use; the build needs none. Throws with the names of what is wrong. */
export function env(): Env {
  read ??= shape.parse(process.env);
  return read;
}

export const isSecure = (): boolean => env().LOCKSTEP_SITE_URL.startsWith("https://");
