// Signed notes and checkpoints: docs/trail-format.md, section 5.

import { createPublicKey, verify as ed25519 } from "node:crypto";
import { b64, bits, byte, hash, hash32, number, rootOf, text } from "./bytes.mjs";

const LIMIT = { note: 1 << 16, signatures: 16, peaks: 64 };

export function parseNote(whole) {
  if (!text(whole) || Buffer.byteLength(whole) > LIMIT.note || !whole.includes("\n\n")) return null;
  const cut = whole.lastIndexOf("\n\n");
  const lines = whole.slice(0, cut).split("\n");
  const tail = whole.slice(cut + 2).split("\n");
  if (lines.length < 3 || tail.pop() !== "" || tail.length < 1 || tail.length > LIMIT.signatures) return null;
  const root = b64(lines[2]);
  if (!/^(0|[1-9]\d{0,15})$/.test(lines[1]) || root?.length !== 32) return null;
  const signatures = tail.map(parseSignature);
  if (signatures.includes(null)) return null;
  const extensions = new Map(lines.slice(3).map((line) => { const [name] = line.split(" ", 1); return [name, line.slice(name.length + 1)]; }));
  const origin = lines[0];
  const prefix = origin.includes("/") ? origin.slice(0, origin.lastIndexOf("/")) : "";
  return { text: whole.slice(0, cut + 1), origin, prefix, size: Number(lines[1]), root, extensions, signatures };
}

export function parseSignature(line) {
  const found = /^— ([^ ]+) (.*)$/s.exec(line);
  const raw = found && b64(found[2]);
  return raw && raw.length >= 5 ? { name: found[1], id: raw.subarray(0, 4), blob: raw.subarray(4) } : null;
}

export const noteKey = (note, name) => { const raw = b64(note.extensions.get(name) ?? ""); return raw?.length === 32 ? raw : null; };
export const ofHost = (note) => note.origin.endsWith("/host");

export function signedBy(note, name, key) {
  const id = hash(name, "\n", byte(1), key).subarray(0, 4);
  return note.signatures.some((each) => each.name === name && each.id.equals(id) && isSignature(key, note.text, each.blob));
}

export function isSignature(key, signed, blob) {
  try {
    const jwk = { kty: "OKP", crv: "Ed25519", x: key.toString("base64url") };
    return ed25519(null, Buffer.from(signed), createPublicKey({ key: jwk, format: "jwk" }), blob);
  } catch {
    return false;
  }
}

export function parseCheckpoint(line) {
  const note = parseNote(line.note);
  if (!number(line.i) || !note || ![`/${line.s}`, `/${line.s}/host`].some((end) => note.origin.endsWith(end))) return null;
  const peaks = Array.isArray(line.f) && line.f.length <= LIMIT.peaks ? line.f.map(hash32) : [null];
  const sound = !peaks.includes(null) && peaks.length === bits(note.size) && rootOf(peaks).equals(note.root);
  return { index: line.i, note, peaks, sound };
}
