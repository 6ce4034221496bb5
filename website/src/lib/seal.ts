import { Chacha20Poly1305 } from "@hpke/chacha20poly1305";
import { CipherSuite, HkdfSha256 } from "@hpke/core";
import { DhkemX25519HkdfSha256 } from "@hpke/dhkem-x25519";

interface SealingKey {
  readonly key_id: string;
  readonly public_key: string;
}
interface Sealed {
  readonly key_id: string;
  readonly ciphertext: string;
}
/** The account that a password is sealed for, with the login that it opens at the broker. */
export interface SealedFor {
  readonly id: string;
  readonly platform: string;
  readonly login: string | number;
  readonly server: string;
}

const suite = new CipherSuite({
  kem: new DhkemX25519HkdfSha256(),
  kdf: new HkdfSha256(),
  aead: new Chacha20Poly1305(),
});

/** Whether this page may use the browser's cryptography: only over https or on this very machine. */
export const canSeal = (): boolean => globalThis.isSecureContext !== false && !!globalThis.crypto?.subtle;

/** The data that a seal is bound to, beside the key. The server comes last, because only it may contain a `|`. */
export const sealInfo = ({ id, platform, login, server }: SealedFor): string =>
  `lockstep credentials v2|${id}|${platform}|${login}|${server}`;

/** The account and the proxy that a proxy's password is sealed for. */
type Owner = Omit<SealedFor, "server">;
interface ProxyOf {
  readonly type: string;
  readonly address: string;
  readonly port: number;
  readonly login: string;
}

/**
 * The data that the seal of a proxy's password is bound to. The proxy's login comes last, because only it may contain
 * a `|`.
 */
export const proxySealInfo = ({ id, platform, login }: Owner, proxy: ProxyOf): string =>
  `lockstep proxy v1|${id}|${platform}|${login}|${proxy.type}|${proxy.address}|${proxy.port}|${proxy.login}`;

/**
 * Seals a broker password, so that only the keyring can open it, and only for this account: HPKE `enc‖ciphertext` in
 * base64.
 */
export const seal = (password: string, account: SealedFor, key: SealingKey): Promise<Sealed> =>
  sealTo(password, sealInfo(account), key);

/** Seals a proxy's password, so that only the keyring can open it, and only for this account and this proxy. */
export const sealProxy = (password: string, account: Owner, proxy: ProxyOf, key: SealingKey): Promise<Sealed> =>
  sealTo(password, proxySealInfo(account, proxy), key);

async function sealTo(password: string, bound: string, key: SealingKey): Promise<Sealed> {
  const recipientPublicKey = await suite.kem.deserializePublicKey(bytesOf(key.public_key).buffer);
  const info = encode(bound);
  const { enc, ct } = await suite.seal({ recipientPublicKey, info }, encode(password));
  return { key_id: key.key_id, ciphertext: base64(new Uint8Array([...new Uint8Array(enc), ...new Uint8Array(ct)])) };
}

const encode = (text: string): ArrayBuffer => new TextEncoder().encode(text).buffer as ArrayBuffer;
const base64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes));
const bytesOf = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
