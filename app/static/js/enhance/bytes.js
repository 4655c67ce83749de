// Bytes as the phone's store can hold them: base64.

export const toBytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
export const toText = (buffer) => btoa(Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join(""));
