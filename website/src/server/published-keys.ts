import { z } from "zod";

const key = z.object({
  key_id: z.string().regex(/^[0-9a-f]{16}$/),
  public_key: z.string().regex(/^[A-Za-z0-9+/]{43}=$/),
});
const published = z.object({ sealing: z.array(key).min(1) });

export type SealingKey = z.infer<typeof key>;

/** The first key in the text of `keys.json`, which is the newest. Throws for a text of another form. */
export function newestKey(text: string): SealingKey {
  return published.parse(JSON.parse(text)).sealing[0] as SealingKey;
}
