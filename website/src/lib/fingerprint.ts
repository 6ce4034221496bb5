/** The beginning of a public key's SHA-256, computed here from the key itself, in groups that can be read aloud. */
export async function fingerprint(publicKey: string): Promise<string> {
  const raw = Uint8Array.from(atob(publicKey), (char) => char.charCodeAt(0));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", raw));
  const hex = [...digest.slice(0, 8)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/.{4}(?=.)/g, "$& ");
}
