// A lock that only a passkey on this phone opens; in it lies the key that the list is sealed with. The passkey gives
// the same secret each time (PRF). The site gives the key to its owner's own pages, so nobody need be asked to seal anew.

import { open, seal } from "./chacha.js";
import { toBytes } from "../app.js";

const SALT = new TextEncoder().encode("the meetings on this phone");
const KEY_BYTES = 32;

/** Ask the person for the passkey, and return its secret; fails where the phone's passkeys can't. */
const askForSecret = async () => {
  const publicKey = {
    challenge: crypto.getRandomValues(new Uint8Array(KEY_BYTES)), // no server checks it: only the secret is wanted
    timeout: 90_000,
    userVerification: "required",
    extensions: { prf: { eval: { first: SALT } } },
  };
  const { prf } = (await navigator.credentials.get({ publicKey })).getClientExtensionResults();
  const secret = new Uint8Array(prf.results.first);
  if (secret.length !== KEY_BYTES) throw new TypeError(); // none: it would lock nothing
  return secret;
};

export const canLock = Boolean(globalThis.PublicKeyCredential);

/** Lock a key in. */
export const makeLock = async (key) => seal(await askForSecret(), key);

/** Ask for the passkey, and return what was sealed with the key that the lock holds. */
export const unlock = async (lock, sealed) => {
  const key = open(await askForSecret(), ...lock.split(" "));
  return JSON.parse(open(toBytes(key), ...sealed.split(" ")));
};
