// ChaCha20-Poly1305 (RFC 8439, nothing besides the text), since WebCrypto only answers later: what is typed is sealed
// at the stroke. The nonce is random and new each time, so versions that a phone's disk still holds give nothing away.

import { toBytes, toText } from "../app.js";

const TOP = 1n << 128n;

const mix = (x, a, b, d, by) => {
  x[a] += x[b];
  x[d] ^= x[a];
  x[d] = (x[d] << by) | (x[d] >>> (32 - by));
};

const blockOf = (start) => {
  const x = start.slice();
  for (let i = 0; i < 80; i++) {
    const [a, b, c, d] = [0, 4, 8, 12].map((row) => row + ((i + ((i & 4) * row) / 16) & 3));
    mix(x, a, b, d, 16);
    mix(x, c, d, b, 12);
    mix(x, a, b, d, 8);
    mix(x, c, d, b, 7);
  }
  return new Uint8Array(x.map((word, i) => word + start[i]).buffer);
};

const number = (bytes) => bytes.reduceRight((sum, byte) => (sum << 8n) + BigInt(byte), 0n);

/** Change `bytes` by the key's stream, there or back; return the tag of what is sealed. */
const blend = (key, nonce, bytes, sealed) => {
  const start = Uint32Array.of(
    0x61707865, 0x3320646e, 0x79622d32, 0x6b206574, ...new Uint32Array(key.buffer), 0, ...new Uint32Array(nonce.buffer),
  );
  const first = blockOf(start);
  const factor = number(first.subarray(0, 16)) & 0x0ffffffc0ffffffc0ffffffc0fffffffn;
  let sum = 0n;
  const add = (part) => { sum = ((sum + part + TOP) * factor) % (4n * TOP - 5n); };
  for (let i = 0; i < bytes.length; i += 64) {
    start[12]++;
    const stream = blockOf(start);
    bytes.subarray(i, i + 64).forEach((byte, at) => { bytes[i + at] = byte ^ stream[at]; });
  }
  for (let i = 0; i < bytes.length; i += 16) add(number(sealed.subarray(i, i + 16)));
  add(BigInt(bytes.length) << 64n);
  return ((sum + number(first.subarray(16, 32))) % TOP).toString(36);
};

/** Seal a text: "nonce sealed tag". */
export const seal = (key, words) => {
  const [nonce, bytes] = [crypto.getRandomValues(new Uint8Array(12)), new TextEncoder().encode(words)];
  const tag = blend(key, nonce, bytes, bytes);
  return [toText(nonce), toText(bytes), tag].join(" ");
};

/** The text, or null if it is not as it was sealed. */
export const open = (key, nonce, sealed, tag) => {
  const bytes = toBytes(sealed);
  return blend(key, toBytes(nonce), bytes, toBytes(sealed)) === tag ? new TextDecoder().decode(bytes) : null;
};
