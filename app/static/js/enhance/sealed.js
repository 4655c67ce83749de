// A lock that only a passkey on this phone opens: what is put in is sealed to it, and nobody need be asked for that.
// The passkey gives the same secret each time (PRF), which wraps the lock's own key; nothing here is sent anywhere.

import { toBytes, toText } from "../app.js";

const SALT = new TextEncoder().encode("the meetings on this phone");
const AES = { name: "AES-GCM", length: 256 };
const RSA = { name: "RSA-OAEP", modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: "SHA-256" };
const { crypto } = globalThis;
const random = (size) => crypto.getRandomValues(new Uint8Array(size));

/** Ask the person for the passkey, and return the key it wraps with; fails where the phone's passkeys can't. */
const wrapper = async () => {
  const publicKey = {
    challenge: random(32), // no server checks it: only the secret is wanted
    timeout: 90_000,
    userVerification: "required",
    extensions: { prf: { eval: { first: SALT } } },
  };
  const secret = (await navigator.credentials.get({ publicKey })).getClientExtensionResults().prf?.results?.first;
  const base = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveKey"]);
  const by = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: SALT };
  return crypto.subtle.deriveKey(by, base, AES, false, ["wrapKey", "unwrapKey"]);
};

export const canLock = Boolean(globalThis.PublicKeyCredential && crypto?.subtle);

/** Make a new lock. */
export const makeLock = async () => {
  const by = await wrapper();
  const pair = await crypto.subtle.generateKey(RSA, true, ["wrapKey", "unwrapKey"]);
  const iv = random(12);
  return {
    iv: toText(iv),
    hole: toText(await crypto.subtle.exportKey("spki", pair.publicKey)),
    key: toText(await crypto.subtle.wrapKey("pkcs8", pair.privateKey, by, { name: AES.name, iv })),
  };
};

/** Seal a value, so that only the passkey opens it. */
export const seal = async (lock, value) => {
  const hole = await crypto.subtle.importKey("spki", toBytes(lock.hole), RSA, false, ["wrapKey"]);
  const key = await crypto.subtle.generateKey(AES, true, ["encrypt"]);
  const iv = random(12);
  const bytes = new TextEncoder().encode(JSON.stringify(value));
  return {
    iv: toText(iv),
    key: toText(await crypto.subtle.wrapKey("raw", key, hole, RSA.name)),
    words: toText(await crypto.subtle.encrypt({ name: AES.name, iv }, key, bytes)),
  };
};

/** Ask for the passkey, and return what was sealed. */
export const open = async (lock, { iv, key, words }) => {
  const by = { name: AES.name, iv: toBytes(lock.iv) };
  const own = await crypto.subtle.unwrapKey("pkcs8", toBytes(lock.key), await wrapper(), by, RSA, false, ["unwrapKey"]);
  const inner = await crypto.subtle.unwrapKey("raw", toBytes(key), own, RSA.name, AES, false, ["decrypt"]);
  const bytes = await crypto.subtle.decrypt({ name: AES.name, iv: toBytes(iv) }, inner, toBytes(words));
  return JSON.parse(new TextDecoder().decode(bytes));
};
