// Bytes, hashes and canonical JSON: docs/trail-format.md, sections 2 and 3.

import { createHash } from "node:crypto";

export const MAX = Number.MAX_SAFE_INTEGER;
const DEPTH = 8;

export const hash = (...parts) => parts.reduce((h, part) => h.update(part), createHash("sha256")).digest();
export const byte = (n) => Buffer.from([n]);
export const hex = (bytes) => bytes.toString("hex");
export const node = (left, right) => hash(byte(1), left, right);
export const number = (x) => Number.isInteger(x) && x >= 0 && x <= MAX && !Object.is(x, -0);
export const text = (x) => typeof x === "string";
export const whole = (x) => Number.isInteger(x) && x >= 0 && x <= MAX; // also 5.0, 5e0 and -0, which are not canonical
export const object = (x) => x !== null && typeof x === "object" && !Array.isArray(x);

export function bytes(spelling, coding) {
  if (!text(spelling)) return null;
  const raw = Buffer.from(spelling, coding);
  return raw.toString(coding) === spelling ? raw : null;
}
export const b64u = (spelling) => bytes(spelling, "base64url");
export const b64 = (spelling) => bytes(spelling, "base64");
export const hash32 = (spelling) => { const raw = b64u(spelling); return raw?.length === 32 ? raw : null; };

export const rootOf = (peaks) => (peaks.length ? peaks.reduceRight((right, left) => node(left, right)) : hash(""));
export const bits = (size) => [...size.toString(2)].filter((bit) => bit === "1").length;

export function grown(tree, leaf) {
  const peaks = [...tree.peaks];
  let size = tree.size;
  for (; size % 2; size = Math.floor(size / 2)) leaf = node(peaks.pop(), leaf);
  return { size: tree.size + 1, peaks: [...peaks, leaf] };
}

export function encode(value, depth = 1) {
  if (text(value)) return value.isWellFormed() ? JSON.stringify(value) : undefined;
  if (typeof value === "number") return Number.isSafeInteger(value) && !Object.is(value, -0) ? String(value) : undefined;
  if (value === null || typeof value === "boolean") return String(value);
  if (depth > DEPTH) return undefined;
  const inner = Array.isArray(value)
    ? value.map((each) => encode(each, depth + 1))
    : Object.keys(value).sort().map((key) => {
        const member = encode(value[key], depth + 1);
        return /^[\x00-\x7f]*$/.test(key) && member !== undefined ? `${JSON.stringify(key)}:${member}` : undefined;
      });
  if (inner.includes(undefined)) return undefined;
  return Array.isArray(value) ? `[${inner}]` : `{${inner}}`;
}

export function plain(string) {
  return [...string].slice(0, 100).map((each) => (each !== " " && /[\p{C}\p{Z}]/u.test(each) ? "?" : each)).join("");
}

// Sets in a map, and runs of numbers.

export const add = (map, key, value) => map.set(key, (map.get(key) ?? new Set()).add(value));
export const within = (runs, n) => runs.some(([first, last]) => first <= n && n <= last);

export function joined(runs) {
  const found = [];
  for (const [first, last] of [...runs].sort((a, b) => a[0] - b[0] || a[1] - b[1])) {
    if (found.length && first <= found.at(-1)[1] + 1) found.at(-1)[1] = Math.max(found.at(-1)[1], last);
    else found.push([first, last]);
  }
  return found;
}
