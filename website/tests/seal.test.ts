import { readFileSync } from "node:fs";
import { Chacha20Poly1305 } from "@hpke/chacha20poly1305";
import { CipherSuite, HkdfSha256 } from "@hpke/core";
import { DhkemX25519HkdfSha256 } from "@hpke/dhkem-x25519";
import { describe, expect, it } from "vitest";
import { hasBlankEnds, isPassword, newAccount } from "@/features/accounts/schema";
import { fingerprint } from "@/lib/fingerprint";
import { type SealedFor, seal, sealInfo } from "@/lib/seal";
import { LOGIN_DIGITS, PASSWORD_BYTES, SERVER_CHARACTERS } from "@/lib/text-limits";
import { newestKey } from "@/server/published-keys";

const suite = new CipherSuite({
  kem: new DhkemX25519HkdfSha256(),
  kdf: new HkdfSha256(),
  aead: new Chacha20Poly1305(),
});
const encode = (text: string) => new TextEncoder().encode(text).buffer as ArrayBuffer;
const bytesOf = (text: string) => Uint8Array.from(atob(text), (char) => char.charCodeAt(0));

async function open(ciphertext: string, info: string, recipientKey: CryptoKey): Promise<string> {
  const bytes = bytesOf(ciphertext);
  const enc = bytes.slice(0, 32).buffer;
  return new TextDecoder().decode(await suite.open({ recipientKey, enc, info: encode(info) }, bytes.slice(32).buffer));
}

interface Vector {
  readonly account: string;
  readonly platform: string;
  readonly login: string;
  readonly server: string;
  readonly info: string;
  readonly password: string;
  readonly sealed: string;
}
const vectors = JSON.parse(readFileSync("../core/vectors/seals.json", "utf8"));
const of = (vector: Vector): SealedFor => ({ ...vector, id: vector.account });
const recipient = () => suite.kem.deserializePrivateKey(bytesOf(vectors.private_key).buffer);
const key = { key_id: "0123456789abcdef", public_key: vectors.public_key as string };

describe.each(vectors.seals as Vector[])("the account $login of the keyring's vectors", (vector) => {
  it("is named in a seal as the keyring names it", () => expect(sealInfo(of(vector))).toBe(vector.info));

  it("has a seal that opens here, too", async () =>
    expect(await open(vector.sealed, vector.info, await recipient())).toBe(vector.password));

  it("is sealed for as the keyring opens it", async () => {
    const sealed = await seal(vector.password, of(vector), key);
    expect(await open(sealed.ciphertext, vector.info, await recipient())).toBe(vector.password);
  });

  it.each([{ id: "another" }, { platform: "MT6" }, { login: "7" }, { server: "another" }])(
    "has a seal that does not open for %o",
    async (other) => {
      const sealed = await seal(vector.password, { ...of(vector), ...other }, key);
      await expect(open(sealed.ciphertext, vector.info, await recipient())).rejects.toThrow();
    },
  );
});

it("a key is known by the beginning of its digest, which the page computes itself", async () => {
  expect((await fingerprint(vectors.public_key)).replaceAll(" ", "")).toBe(vectors.fingerprint);
  expect(await fingerprint(vectors.public_key)).toMatch(/^[0-9a-f]{4}( [0-9a-f]{4}){3}$/);
});

it("passwords are sealed to the newest of the published keys", () => {
  const older = { ...key, key_id: "f".repeat(16) };
  expect(newestKey(JSON.stringify({ sealing: [key, older] }))).toEqual(key);
  for (const text of ["", "{}", '{"sealing": []}', '{"sealing": [{"key_id": "x", "public_key": "y"}]}']) {
    expect(() => newestKey(text)).toThrow();
  }
});

const typed = { platform: "MT5", environment: "demo", role: "both", server: "s", login: "1", password: "p", label: "" };
const taken = (changes: object) => newAccount.safeParse({ ...typed, ...changes }).success;

it("what no terminal could log in with is refused in the form", () => {
  expect(taken({ login: "9".repeat(LOGIN_DIGITS), server: "s".repeat(SERVER_CHARACTERS) })).toBe(true);
  expect(taken({ login: "1".repeat(LOGIN_DIGITS + 1) })).toBe(false);
  expect(taken({ login: "9223372036854775807" })).toBe(false);
  expect(taken({ server: "s".repeat(SERVER_CHARACTERS + 1) })).toBe(false);
  expect(taken({ server: "a\nb" })).toBe(false);
  expect(taken({ server: "a\u200bb" })).toBe(false);
  expect(taken({ server: "Bröker-Demo  (EU) 01" })).toBe(true);
  expect(taken({ server: "💱".repeat(16) })).toBe(false);
  expect(taken({ password: "a\tb" })).toBe(false);
  expect(taken({ password: " a b " })).toBe(true);
  expect(taken({ password: "ß".repeat(PASSWORD_BYTES / 2) })).toBe(true);
  expect(taken({ password: `${"ß".repeat(PASSWORD_BYTES / 2)}x` })).toBe(false);
  expect(isPassword("")).toBe(false);
  expect([" a", "a ", "\u00a0a", "a b"].map(hasBlankEnds)).toEqual([true, true, true, false]);
});
