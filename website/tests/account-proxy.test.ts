import { readFileSync } from "node:fs";
import { Chacha20Poly1305 } from "@hpke/chacha20poly1305";
import { CipherSuite, HkdfSha256 } from "@hpke/core";
import { DhkemX25519HkdfSha256 } from "@hpke/dhkem-x25519";
import { describe, expect, it } from "vitest";
import { choiceOf, chosenProxy, namesToChoose } from "@/features/accounts/offered-proxies";
import { NO_PROXY, PROXY_PASSWORD_BYTES, proxyErrors, type TypedProxy, typedOf } from "@/features/accounts/proxy";
import { proxySealInfo, sealProxy } from "@/lib/seal";

const suite = new CipherSuite({
  kem: new DhkemX25519HkdfSha256(),
  kdf: new HkdfSha256(),
  aead: new Chacha20Poly1305(),
});
const encode = (text: string) => new TextEncoder().encode(text).buffer as ArrayBuffer;
const bytesOf = (text: string) => Uint8Array.from(atob(text), (char) => char.charCodeAt(0));

interface Vector {
  readonly account: string;
  readonly platform: string;
  readonly login: string;
  readonly type: string;
  readonly address: string;
  readonly port: number;
  readonly proxy_login: string;
  readonly info: string;
  readonly password: string;
}
const vectors = JSON.parse(readFileSync("../core/vectors/seals.json", "utf8"));
const key = { key_id: "0123456789abcdef", public_key: vectors.public_key as string };

describe.each(vectors.proxy_seals as Vector[])("the proxy of $proxy_login of the keyring's vectors", (vector) => {
  const owner = { id: vector.account, platform: vector.platform, login: vector.login };
  const proxy = { ...vector, login: vector.proxy_login };

  it("is named in a seal as the keyring names it", () => expect(proxySealInfo(owner, proxy)).toBe(vector.info));

  it("is sealed for as the keyring opens it", async () => {
    const { ciphertext } = await sealProxy(vector.password, owner, proxy, key);
    const recipientKey = await suite.kem.deserializePrivateKey(bytesOf(vectors.private_key).buffer);
    const bytes = bytesOf(ciphertext);
    const context = { recipientKey, enc: bytes.slice(0, 32).buffer, info: encode(vector.info) };
    expect(new TextDecoder().decode(await suite.open(context, bytes.slice(32).buffer))).toBe(vector.password);
  });
});

const GOOD: TypedProxy = {
  ...NO_PROXY,
  type: "SOCKS5",
  address: "203.0.113.7",
  port: "1080",
  login: "me",
  password: "p w",
};
const wrong = (changes: Partial<TypedProxy>) => Object.keys(proxyErrors({ ...GOOD, ...changes }));

it("a proxy that no terminal could be given is refused in the form", () => {
  expect(wrong({})).toEqual([]);
  expect(wrong({ login: "", password: "" })).toEqual([]);
  expect(wrong({ password: "x".repeat(PROXY_PASSWORD_BYTES) })).toEqual([]);
  expect(wrong({ password: "x".repeat(PROXY_PASSWORD_BYTES + 1) })).toEqual(["password"]);
  expect(wrong({ password: "" })).toEqual(["password"]);
  expect(wrong({ login: "" })).toEqual(["login"]);
  for (const login of ["a:b", "a b", "ß", "x".repeat(129)]) expect(wrong({ login })).toEqual(["login"]);
  for (const address of ["", "proxy.example", "203.0.113.256", "203.0.113.07", "::1"]) {
    expect(wrong({ address })).toEqual(["address"]);
  }
  for (const port of ["", "0", "65536", "1e3", "-1"]) expect(wrong({ port })).toEqual(["port"]);
});

it("where there is to be no proxy, nothing is asked", () => {
  expect(proxyErrors(NO_PROXY)).toEqual({});
  expect(typedOf({ proxy: null, proxy_name: null })).toEqual(NO_PROXY);
});

it("an account's proxy is shown for changing, and its password is entered again", () => {
  const proxy = { type: "HTTP", address: "203.0.113.8", port: 3128, login: null } as const;
  const shown = { ...NO_PROXY, type: "HTTP", address: "203.0.113.8", port: "3128" };
  expect(typedOf({ proxy, proxy_name: null })).toEqual(shown);
});

it("a proxy of the service is chosen by its name, and nothing else is asked", () => {
  const typed = { ...GOOD, ...chosenProxy("offered:frankfurt-1") };
  expect([typed.type, typed.name, choiceOf(typed)]).toEqual(["offered", "frankfurt-1", "offered:frankfurt-1"]);
  expect(proxyErrors(typed)).toEqual({});
  expect(chosenProxy("HTTP")).toEqual({ type: "HTTP", name: "" });
  const shown = { ...NO_PROXY, type: "offered", name: "frankfurt-1" };
  expect(typedOf({ proxy: null, proxy_name: "frankfurt-1" })).toEqual(shown);
});

it("a proxy that is offered no more stays in the list of the account that has it", () => {
  expect(namesToChoose(["frankfurt-1"], "")).toEqual(["frankfurt-1"]);
  expect(namesToChoose(["frankfurt-1"], "frankfurt-1")).toEqual(["frankfurt-1"]);
  expect(namesToChoose([], "london-1")).toEqual(["london-1"]);
});
