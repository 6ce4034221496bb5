import { Chacha20Poly1305 } from "@hpke/chacha20poly1305";
import { CipherSuite, HkdfSha256 } from "@hpke/core";
import { DhkemX25519HkdfSha256 } from "@hpke/dhkem-x25519";
import { expect, it } from "vitest";
import { seal } from "@/lib/seal";

const suite = new CipherSuite({
  kem: new DhkemX25519HkdfSha256(),
  kdf: new HkdfSha256(),
  aead: new Chacha20Poly1305(),
});
const encode = (text: string) => new TextEncoder().encode(text).buffer as ArrayBuffer;

async function open(ciphertext: string, account: string, recipientKey: CryptoKey): Promise<string> {
  const bytes = Uint8Array.from(atob(ciphertext), (char) => char.charCodeAt(0));
  const enc = bytes.slice(0, 32).buffer;
  const info = encode(`lockstep credentials v1|${account}`);
  return new TextDecoder().decode(await suite.open({ recipientKey, enc, info }, bytes.slice(32).buffer));
}

it("a password opens with the key it was sealed to, and for its account only", async () => {
  const keys = await suite.kem.generateKeyPair();
  const raw = new Uint8Array(await suite.kem.serializePublicKey(keys.publicKey));
  const sealed = await seal("pässword", "an-account", {
    key_id: "0123456789abcdef",
    public_key: btoa(String.fromCharCode(...raw)),
  });
  expect(await open(sealed.ciphertext, "an-account", keys.privateKey)).toBe("pässword");
  await expect(open(sealed.ciphertext, "another", keys.privateKey)).rejects.toThrow();
});
