// The second verifier: written from docs/trail-format.md alone, sharing no code with the first. It exists so that a
// fault of one shows as a disagreement; it promises nothing else.
//
//     node tests/second/verify.mjs docs/vectors/*.jsonl      agreement on each vector; exit 1 if there is none

import { createHash, createPublicKey, verify as ed25519 } from "node:crypto";
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const LIMIT = { body: 1 << 20, note: 1 << 16, signatures: 16, depth: 8, peaks: 64, faces: 16, rivals: 8, parts: 1024, ahead: 2 ** 20, tries: 8 };
const MAX = Number.MAX_SAFE_INTEGER;
const MEMBERS = { checkpoint: "f i note s v y", content: "d f i k n s salt v y", sealed: "d f i k key n s v y" };
const NOTES = new Set("intent-without-outcome content-erased content-sealed content-shed trimmed gap host-attested clock-step unanchored anchor-stale ephemeral weak-disk host-key-unpinned from-checkpoint".split(" "));
const UNFINISHED = new Set("stream-not-closed unsealed-tail gap-open torn".split(" "));

// Bytes and hashes (sections 0, 3).

const hash = (...parts) => parts.reduce((h, part) => h.update(part), createHash("sha256")).digest();
const byte = (n) => Buffer.from([n]);
const hex = (bytes) => bytes.toString("hex");
const node = (left, right) => hash(byte(1), left, right);
const number = (x) => Number.isInteger(x) && x >= 0 && x <= MAX && !Object.is(x, -0);
const text = (x) => typeof x === "string";
const object = (x) => x !== null && typeof x === "object" && !Array.isArray(x);

function bytes(spelling, coding) {
  if (!text(spelling)) return null;
  const raw = Buffer.from(spelling, coding);
  return raw.toString(coding) === spelling ? raw : null;
}
const b64u = (spelling) => bytes(spelling, "base64url");
const b64 = (spelling) => bytes(spelling, "base64");
const hash32 = (spelling) => { const raw = b64u(spelling); return raw?.length === 32 ? raw : null; };

const rootOf = (peaks) => (peaks.length ? peaks.reduceRight((right, left) => node(left, right)) : hash(""));
const bits = (size) => [...size.toString(2)].filter((bit) => bit === "1").length;

function grown(tree, leaf) {
  const peaks = [...tree.peaks];
  let size = tree.size;
  for (; size % 2; size = Math.floor(size / 2)) leaf = node(peaks.pop(), leaf);
  return { size: tree.size + 1, peaks: [...peaks, leaf] };
}

// Canonical JSON (section 2).

function encode(value, depth = 1) {
  if (text(value)) return value.isWellFormed() ? JSON.stringify(value) : undefined;
  if (typeof value === "number") return Number.isSafeInteger(value) && !Object.is(value, -0) ? String(value) : undefined;
  if (value === null || typeof value === "boolean") return String(value);
  if (depth > LIMIT.depth) return undefined;
  const inner = Array.isArray(value)
    ? value.map((each) => encode(each, depth + 1))
    : Object.keys(value).sort().map((key) => {
        const member = encode(value[key], depth + 1);
        return /^[\x00-\x7f]*$/.test(key) && member !== undefined ? `${JSON.stringify(key)}:${member}` : undefined;
      });
  if (inner.includes(undefined)) return undefined;
  return Array.isArray(value) ? `[${inner}]` : `{${inner}}`;
}

function plain(string) {
  return [...string].slice(0, 100).map((each) => (each !== " " && /[\p{C}\p{Z}]/u.test(each) ? "?" : each)).join("");
}

// Signed notes (section 5).

function parseNote(whole) {
  if (!text(whole) || whole.length > LIMIT.note || !whole.includes("\n\n")) return null;
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

function parseSignature(line) {
  const found = /^— ([^ ]+) (.*)$/s.exec(line);
  const raw = found && b64(found[2]);
  return raw && raw.length >= 5 ? { name: found[1], id: raw.subarray(0, 4), blob: raw.subarray(4) } : null;
}

const noteKey = (note, name) => { const raw = b64(note.extensions.get(name) ?? ""); return raw?.length === 32 ? raw : null; };
const ofHost = (note) => note.origin.endsWith("/host");

function signedBy(note, name, key) {
  const id = hash(name, "\n", byte(1), key).subarray(0, 4);
  return note.signatures.some((each) => each.name === name && each.id.equals(id) && isSignature(key, note.text, each.blob));
}

function isSignature(key, signed, blob) {
  try {
    const jwk = { kty: "OKP", crv: "Ed25519", x: key.toString("base64url") };
    return ed25519(null, Buffer.from(signed), createPublicKey({ key: jwk, format: "jwk" }), blob);
  } catch {
    return false;
  }
}

function parseCheckpoint(line) {
  const note = parseNote(line.note);
  if (!number(line.i) || !note || ![`/${line.s}`, `/${line.s}/host`].some((end) => note.origin.endsWith(end))) return null;
  const peaks = Array.isArray(line.f) && line.f.length <= LIMIT.peaks ? line.f.map(hash32) : [null];
  const sound = !peaks.includes(null) && peaks.length === bits(note.size) && rootOf(peaks).equals(note.root);
  return { index: line.i, note, peaks, sound };
}

// What came of one stream (sections 8.1, 7, 6).

class Evidence {
  constructor(stream) {
    Object.assign(this, { stream, records: new Map(), seen: 0, top: 0, faces: new Map(), prefix: "", strange: new Map(), wanted: new Map(), came: new Map(), rivals: new Map(), shed: new Set(), shut: new Map(), parts: new Map() });
    Object.assign(this, { intents: new Set(), answered: new Set(), gaps: new Map(), clocks: new Map(), erasures: [], heads: new Map(), trims: [], forks: [], ordinal: null, policy: "" });
  }

  record(line, raw) {
    if (!number(line.n)) return;
    const record = { leaf: hash(byte(0), raw), p: hash32(line.p) ?? Buffer.alloc(32) };
    const known = this.records.get(line.n) ?? [];
    if (known.some((each) => each.leaf.equals(record.leaf)) || known.length > LIMIT.rivals) return;
    this.records.set(line.n, [...known, record]);
    if (object(line.c)) this.want(line.n, line.c, known.length ? this.rivals : this.wanted);
    if (known.length) return;
    this.seen += 1;
    this.top = Math.max(this.top, line.n + 1);
    this.tell(line.n, line);
  }

  want(n, committed, into) {
    for (const [name, pair] of Object.entries(committed)) {
      if (!Array.isArray(pair) || !text(pair[0])) continue;
      if (pair[0] === "" && into === this.wanted) this.shed.add(n);
      else add(into, n, `${pair[0]} ${name}`);
    }
  }

  tell(n, line) {
    const distance = floor(nanoseconds(line.t) - nanoseconds(line.m), 500_000_000n);
    if (!(this.clocks.get(distance) <= n)) this.clocks.set(distance, n);
    if (line.f === "intent") this.intents.add(n);
    else if (line.f === "outcome" && Number.isInteger(line.of)) this.answered.add(line.of);
    if (line.k === "finding" && object(line.a) && line.a["security_rule.name"] === "fork-of-log") this.forks.push(n);
    if (line.k === "lifecycle" && object(line.a)) this.life(n, line.a);
  }

  life(n, a) {
    const phase = a["vedette.lifecycle.phase"];
    if (phase === "birth" && n === 0) {
      this.ordinal = Number.isInteger(a["vedette.ordinal"]) ? a["vedette.ordinal"] : null;
      this.policy = a["vedette.content.policy"];
    } else if (phase === "gap") this.gaps.set(n, a["vedette.gap.state"]);
    else if (phase === "erasure") this.erasures.push({ by: n, stream: a["vedette.erasure.stream"], runs: runsOf(a), field: a["vedette.erasure.field"] ?? "", name: "content-erased" });
    else if (phase === "trim") this.trim(n, a);
    else if (["head", "closed", "recovered"].includes(phase) && text(a["vedette.head.stream"])) {
      const head = mark(n, a);
      if (head) this.heads.set(a["vedette.head.stream"], [...(this.heads.get(a["vedette.head.stream"]) ?? []), head]);
    }
  }

  trim(n, a) {
    const [stream, first, last, what] = ["stream", "first", "last", "what"].map((each) => a[`vedette.trim.${each}`]);
    if (what === "content" && Number.isInteger(first) && Number.isInteger(last)) this.erasures.push({ by: n, stream, runs: [[first, last]], field: "", name: "trimmed" });
    if ((what ?? "records") === "records" && text(stream) && number(last)) this.trims.push({ by: n, stream, first: number(first) ? first : 0, last, left: mark(n, a), ordinal: a["vedette.ordinal"] });
  }

  checkpoint(line) {
    const checkpoint = parseCheckpoint(line);
    if (!checkpoint) return;
    this.prefix ||= checkpoint.note.prefix;
    const faces = this.faces.get(checkpoint.index) ?? [];
    if (faces.length < LIMIT.faces && !faces.some((each) => each.body === line.body)) this.faces.set(checkpoint.index, [...faces, { ...checkpoint, body: line.body }]);
  }

  content(line, mark) {
    if (!number(line.n) || ![line.f, line[mark], line.d].every(text) || !number(line.k) || !number(line.i)) return;
    if (line.k < 1 || line.k > LIMIT.parts || line.i >= line.k) return;
    const place = JSON.stringify([line.n, line.f, mark, line[mark], line.k]);
    const parts = this.parts.get(place) ?? new Map();
    this.parts.set(place, parts);
    if (parts.has(line.i) && parts.get(line.i) !== line.d && line.k > 1) add(this.came, line.n, ` ${line.f}`);
    if (parts.has(line.i) && line.k > 1) return;
    parts.set(line.i, line.d);
    if (parts.size < line.k) return;
    const whole = [...Array(line.k).keys()].map((i) => parts.get(i)).join("");
    if (mark === "key") b64u(whole) ? add(this.shut, line.n, line.f) : add(this.came, line.n, ` ${line.f}`);
    else this.match(line, whole);
  }

  match(line, whole) {
    const salt = b64u(line.salt);
    if (salt?.length !== 16) return;
    const commitment = hash(byte(0x10), salt, line.f, byte(0), whole).toString("base64url");
    add(this.came, line.n, `${commitment} ${line.f}`);
  }

  get isHost() { return [...this.faces.values()].flat().some((each) => ofHost(each.note)); }
  get counts() { return this.seen > 0 || this.faces.size > 0 || this.strange.size > 0; }
  at(n) { return this.records.get(n) ?? []; }
  numbers(first, end) { return [...this.records.keys()].filter((n) => n >= first && n < end).sort((a, b) => a - b); }

  absent(first, end) {
    const runs = [];
    let due = first;
    for (const n of [...this.numbers(first, end), end]) {
      if (n > due) runs.push([due, n - 1]);
      due = n + 1;
    }
    return runs;
  }
}

const add = (map, key, value) => map.set(key, (map.get(key) ?? new Set()).add(value));
const nanoseconds = (spelling) => (text(spelling) && /^\d{1,19}$/.test(spelling) && BigInt(spelling) < 2n ** 63n ? BigInt(spelling) : 0n);
const floor = (a, b) => (a < 0n && a % b ? a / b - 1n : a / b);

function runsOf(a) {
  const one = a["vedette.erasure.seq"];
  if (Number.isInteger(one)) return [[one, one]];
  const runs = text(a["vedette.erasure.runs"]) ? a["vedette.erasure.runs"].split(",") : [];
  return runs.map((each) => /^(\d{1,16})(?:-(\d{1,16}))?$/.exec(each)).filter(Boolean).map(([, first, last]) => [Number(first), Number(last ?? first)]);
}

// A head as a record tells it; null if it does not. Index -1: no checkpoint states it.
function mark(by, a) {
  const index = a["vedette.head.index"] ?? -1, size = a["vedette.head.size"];
  const root = hash32(a["vedette.head.root"]), next = b64(a["vedette.head.next"] ?? "");
  if (!root || !next || ![0, 32].includes(next.length) || !number(size) || (index !== -1 && !number(index))) return null;
  return { by, index, size, root, next, ordinal: number(a["vedette.ordinal"]) ? a["vedette.ordinal"] : null };
}

// One stream, weighed (sections 8.2 to 8.7).

class Stream {
  constructor(evidence, hostKeys, attested = { heads: new Map() }, trims = []) {
    Object.assign(this, { evidence, attested, name: evidence.stream, trail: evidence.prefix, told: new Set(), heads: [], closed: false, certified: false });
    const nobody = Object.keys(hostKeys).length ? Buffer.alloc(0) : null;
    this.hostKey = hostKeys[`${this.trail}/host`] ?? hostKeys["*"] ?? nobody;
    evidence.isHost ? this.hostChain() : this.chain();
    this.cut = this.findTrim(trims);
    this.prove();
  }

  say(name, ...detail) { this.told.add([name, this.name, ...detail].join(" ")); }
  isAttested(each) {
    const head = this.attested.heads.get(each.index);
    return head !== undefined && head.size === each.note.size && head.root.equals(each.note.root) && head.next.equals(noteKey(each.note, "next") ?? Buffer.alloc(0));
  }

  // 8.2

  chain() {
    let keys = [], trusted = true, due = 0;
    this.skipped = [];
    for (const index of [...this.evidence.faces.keys()].sort((a, b) => a - b)) {
      const faces = this.evidence.faces.get(index);
      if (this.closed) { this.say("forged-checkpoint", index); continue; }
      if (index > due) { this.skipped.push([due, index - 1]); keys = []; trusted = false; }
      due = index + 1;
      const isTrue = faces.filter((each) => this.isTrue(each, keys));
      const attested = faces.filter((each) => this.isAttested(each));
      const found = index > 0 && !keys.length && !trusted ? (attested.length ? attested : faces) : isTrue;
      if (!found.length) { this.say("bad-checkpoint-signature", index); keys = []; trusted = false; continue; }
      const texts = new Set(found.map((each) => each.note.text));
      if (texts.size > 1) this.say(keys.length || index === 0 ? "equivocation" : "forged-checkpoint", index);
      else if (faces.some((each) => !texts.has(each.note.text))) this.say("forged-checkpoint", index);
      this.certified ||= index === 0;
      trusted ||= found.every((each) => this.isAttested(each));
      this.heads.push({ index, options: found, trusted, peaked: true });
      keys = found.map((each) => noteKey(each.note, "next")).filter(Boolean);
      this.closed = !found.some((each) => each.note.extensions.has("next"));
      if (!keys.length && !this.closed) trusted = false;
    }
  }

  isTrue(each, keys) {
    const note = each.note;
    if (each.index > 0) return keys.some((key) => signedBy(note, note.origin, key));
    const own = noteKey(note, "key");
    if (!own || !signedBy(note, note.origin, own)) return false;
    return !this.hostKey || signedBy(note, `${note.prefix}/host`, this.hostKey) || this.isAttested(each);
  }

  // 8.5

  hostChain() {
    this.closed = true;
    this.skipped = [];
    const sizes = new Map();
    let due = 0;
    for (const index of [...this.evidence.faces.keys()].sort((a, b) => a - b)) {
      if (index > due) this.skipped.push([due, index - 1]);
      due = index + 1;
      const faces = this.evidence.faces.get(index);
      const found = faces.filter(({ note }) => ofHost(note) && (!this.hostKey || signedBy(note, note.origin, this.hostKey)));
      if (!found.length) this.say("bad-checkpoint-signature", index);
      else if (found.length < faces.length) this.say("forged-checkpoint", index);
      for (const each of found) sizes.set(each.note.size, [...(sizes.get(each.note.size) ?? []), each]);
    }
    for (const [size, options] of [...sizes].sort(([a], [b]) => a - b)) {
      if (new Set(options.map((each) => hex(each.note.root))).size > 1) this.say("fork-of-log", size);
      this.heads.push({ index: options[0].index, options, trusted: true, peaked: true });
    }
  }

  // The rule that let most of it go: from record `first` up to `size`, where a checkpoint begins the rest.
  findTrim(trims) {
    for (const { left, first, last } of [...trims].sort((a, b) => b.last - a.last)) {
      const options = this.heads.filter((head) => left && head.index === left.index).flatMap((head) => head.options);
      const found = options.find((each) => each.sound && each.note.size === left.size && each.note.root.equals(left.root));
      if (found && this.evidence.absent(first, last + 1).length) return { index: left.index, first, size: left.size };
    }
    return null;
  }

  // What the keeper sealed of a stream whose process died.
  recoveredHead() {
    const head = this.attested.recovered, last = this.heads.at(-1);
    if (!head || this.closed || (last && head.size < last.options[0].note.size)) return [];
    const note = { text: "", size: head.size, root: head.root, extensions: new Map() };
    return [{ index: last ? last.index + 1 : 0, options: [{ note, peaks: [], sound: false }], trusted: !last || last.trusted, peaked: false }];
  }

  // 8.3

  prove() {
    Object.assign(this, { altered: new Set(), doubtful: new Set(), missing: [], trimmed: [], far: new Set(), proven: [] });
    this.tree = { size: 0, peaks: [] };
    this.sealed = 0;
    this.last = null;
    this.recovered = this.recoveredHead();
    for (const head of [...this.heads, ...this.recovered]) this.advance(head);
    this.tail();
  }

  advance(head) {
    const first = this.sealed;
    if (head.peaked && !head.options.some((each) => each.sound)) this.say("bad-peaks", head.index);
    const options = head.options.filter(({ note }) => note.size >= first && note.size <= this.evidence.top + LIMIT.ahead);
    if (!options.length) {
      const short = head.options.some(({ note }) => note.size < first);
      return short ? this.say("root-mismatch", "checkpoint", head.index) : this.outOfRange(head.index);
    }
    const whole = options.find((each) => this.isWhole(first, each.note));
    const chosen = whole ?? options[0];
    const ok = whole !== undefined || this.repair(first, chosen.note, head);
    if (ok && head.trusted && chosen.note.size > first) this.proven.push([first, chosen.note.size - 1]);
    if (!ok) {
      this.tree = chosen.sound ? { size: chosen.note.size, peaks: chosen.peaks } : null;
      this.last = null;
    }
    this.sealed = chosen.note.size;
  }

  outOfRange(n) { (this.beyond ??= []).push([n, n]); }

  isWhole(first, note) {
    if (note.size > this.evidence.top || note.size - first > this.evidence.seen) return false;
    const leaves = [];
    for (let n = first; n < note.size; n += 1) {
      if (this.evidence.at(n).length !== 1) return false;
      leaves.push(this.evidence.at(n)[0].leaf);
    }
    return this.grows(leaves, note.root);
  }

  grows(leaves, root) {
    if (!this.tree) return false;
    const tree = leaves.reduce(grown, this.tree);
    if (!rootOf(tree.peaks).equals(root)) return false;
    this.tree = tree;
    this.last = leaves.at(-1) ?? this.last;
    return true;
  }

  // 8.4

  repair(begin, note, head) {
    const end = note.size, gaps = this.evidence.absent(begin, end);
    const byRule = this.cut !== null && gaps.length > 0 && gaps[0][0] >= this.cut.first && end <= this.cut.size;
    (byRule ? this.trimmed : this.missing).push(...gaps);
    if (begin === end) { this.say("root-mismatch", "checkpoint", head.index); return false; }
    if (this.tree && gaps.every(([first, last]) => first === last)) {
      for (const path of this.paths(begin, end)) {
        if (!this.grows(path.leaves, note.root)) continue;
        for (const n of path.strange) if (this.evidence.at(n).length) this.altered.add(n);
        for (const n of path.doubtful) if (!path.strange.includes(n)) this.doubtful.add(n);
        return true;
      }
    }
    if (byRule) this.leftOver(begin, end);
    else this.blame(begin, end, head.trusted && !gaps.length && this.tree !== null);
    return false;
  }

  leftOver(begin, end) {
    const numbers = this.evidence.numbers(begin, end), here = (n) => this.evidence.at(n).length > 0;
    this.doubts(begin, end);
    for (const n of numbers) if (this.isContradicted(n)) this.altered.add(n);
    let reached = end;
    while (reached > begin && here(reached) && here(reached - 1)) reached -= 1;
    for (const n of numbers) if (n < reached) (this.unrooted ??= []).push([n, n]);
  }

  paths(begin, end) {
    const stack = [{ n: end - 1, above: claims(this.evidence.at(end)), certain: false, leaves: [], strange: [], doubtful: [] }];
    const complete = [];
    for (let tries = 0; tries < LIMIT.tries && stack.length; tries += 1) {
      const path = stack.pop();
      if (this.descend(path, begin, stack)) complete.push({ ...path, leaves: path.leaves.reverse() });
    }
    return complete;
  }

  descend(path, begin, stack) {
    for (; path.n >= begin; path.n -= 1) {
      const records = this.evidence.at(path.n);
      const options = path.certain ? path.above : possible(records, path.above);
      if (!options.length) return false;
      if (stack.length < LIMIT.tries) {
        const others = options.slice(1).map((leaf) => ({ n: path.n, above: [leaf], certain: true, leaves: [...path.leaves], strange: [...path.strange], doubtful: [...path.doubtful] }));
        stack.push(...others.reverse());
      }
      const found = records.find((each) => each.leaf.equals(options[0]));
      path.leaves.push(options[0]);
      if (!found) path.strange.push(path.n);
      if (records.length > 1) path.doubtful.push(path.n);
      path.above = claims(found ? [found] : records);
      path.certain = found !== undefined;
    }
    return true;
  }

  isContradicted(n) {
    const above = claims(this.evidence.at(n + 1));
    return above.length > 0 && !this.evidence.at(n).some((each) => includes(above, each.leaf));
  }

  doubts(begin, end) { for (const n of this.evidence.numbers(begin, end)) if (this.evidence.at(n).length > 1) this.doubtful.add(n); }

  blame(begin, end, certain) {
    const numbers = this.evidence.numbers(begin, end), broken = numbers.filter((n) => this.isContradicted(n));
    this.doubts(begin, end);
    if (certain && (broken.length || !this.evidence.at(end).length)) {
      const top = broken.at(-1) ?? end;
      for (const n of [top, top - 1]) if (n >= begin && n < end) this.altered.add(n);
      return;
    }
    for (const n of broken) this.altered.add(n);
    if (!broken.length && numbers.length === end - begin) (this.unrooted ??= []).push([begin, end - 1]);
  }

  tail() {
    const begin = this.sealed, limit = begin + LIMIT.ahead, numbers = this.evidence.numbers(begin, limit);
    for (const n of this.evidence.numbers(limit, Infinity)) { this.far.add(n); this.outOfRange(n); }
    this.unsealed = numbers.length;
    if (!numbers.length) return;
    this.missing.push(...this.evidence.absent(begin, numbers.at(-1) + 1));
    this.doubts(begin, limit);
    for (const n of numbers) if (this.isContradicted(n)) this.altered.add(n);
    if (this.last && numbers[0] === begin && !includes(claims(this.evidence.at(begin)), this.last)) this.altered.add(begin);
  }

  isMissing(n) { return within(this.missing, n); }
  vouches(n) { return within(this.proven, n) && this.evidence.at(n).length > 0 && !this.altered.has(n) && !this.doubtful.has(n); }

  get ordinal() {
    if (this.evidence.isHost) return null;
    if (this.certified) {
      const spelling = this.heads[0].options[0].note.extensions.get("ordinal") ?? "";
      return /^\d{1,9}$/.test(spelling) ? Number(spelling) : null;
    }
    if (this.evidence.faces.has(0)) return null;
    return this.evidence.ordinal ?? this.attested.newest?.ordinal ?? null;
  }

  // What is said of it.

  verdicts(erasures) {
    for (const n of this.altered) this.say("altered-record", n);
    for (const n of this.doubtful) if (!this.altered.has(n)) this.say("conflicting-record", n);
    this.sayRuns("missing-record", this.missing);
    this.sayRuns("root-mismatch", this.unrooted ?? []);
    this.sayRuns("sequence-out-of-range", this.beyond ?? []);
    for (const [what] of this.evidence.strange) this.say("not-canonical", plain(what));
    const unborn = !this.evidence.faces.size && this.evidence.top > 1;
    this.sayRuns("missing-checkpoint", unborn ? [[0, 0]] : this.skipped.filter(([, last]) => last >= (this.cut?.index ?? 0)));
    this.contents(erasures.filter((each) => each.stream === this.name));
    this.evidence.isHost ? this.ofHost() : this.life();
    if (this.unsealed) this.say("unsealed-tail", this.unsealed);
    this.sayRuns("trimmed", this.trimmed);
    return this.told;
  }

  sayRuns(name, runs) { for (const [first, last] of joined(runs)) this.say(name, first === last ? first : `${first}-${last}`); }

  ofHost() { for (const n of this.evidence.forks) if (this.vouches(n)) this.say("fork-of-log", n); }

  life() {
    const { intents, answered, gaps, clocks, strange } = this.evidence;
    const damage = [...this.altered, ...this.missing.map(([, last]) => last), ...[...strange].filter(([what, at]) => what === String(at)).map(([, at]) => at)];
    const lost = Math.max(-1, ...damage);
    for (const n of intents) if (!answered.has(n) && !this.far.has(n) && n > lost) this.say("intent-without-outcome", n);
    const steps = [...clocks].sort(([, a], [, b]) => a - b);
    for (let at = 1; at < steps.length; at += 1) if (abs(steps[at][0] - steps[at - 1][0]) > 2n) this.say("clock-step", steps[at][1]);
    let open = [];
    for (const [n, state] of [...gaps].sort(([a], [b]) => a - b)) {
      if (state === "open") open.push(n);
      else { open = []; this.say("gap", n); }
    }
    for (const n of open) this.say("gap-open", n);
    if (this.recovered.length) this.say("host-attested");
    else if (!this.closed) this.say("stream-not-closed");
    this.againstHost();
  }

  againstHost() {
    for (const head of this.heads) {
      const seen = this.attested.heads.get(head.index);
      if (seen && head.trusted && head.options.every(({ note }) => note.size !== seen.size || !note.root.equals(seen.root))) this.say("anchor-mismatch", seen.size);
    }
    const newest = this.attested.newest;
    if (newest && newest.size > this.sealed) this.say("rollback-vs-anchor", `${this.sealed}<${newest.size}`);
  }

  // 8.6

  contents(erasures) {
    const { wanted, came, rivals, shut, policy, shed } = this.evidence, trimmed = [], sealed = [];
    const elsewhere = policy === "none" || policy === "trail";
    for (const n of new Set([...wanted.keys(), ...came.keys(), ...rivals.keys()])) {
      const all = wanted.get(n) ?? new Set(), here = came.get(n) ?? new Set();
      const missing = names([...all].filter((each) => !here.has(each))), odd = names([...here].filter((each) => !all.has(each)));
      const rivalled = [...(rivals.get(n) ?? [])].some((each) => !all.has(each));
      if (this.isMissing(n) || this.far.has(n) || !this.evidence.at(n).length) continue;
      if (this.doubtful.has(n) || this.altered.has(n)) {
        if (odd.length || rivalled || (missing.length && this.doubtful.has(n))) this.say("content-mismatch", n);
        continue;
      }
      for (const name of odd) this.say("content-mismatch", n, plain(name));
      for (const name of missing.filter((each) => !odd.includes(each))) {
        const why = new Set(erasures.filter((each) => within(each.runs, n) && ["", name].includes(each.field)).map((each) => each.name));
        if (why.has("content-erased")) this.say("content-erased", n, plain(name));
        else if (why.size) trimmed.push([n, n]);
        else if (shut.get(n)?.has(name)) sealed.push([n, n]);
        else if (!elsewhere) this.say("content-missing", n, plain(name));
      }
    }
    this.sayRuns("trimmed", trimmed);
    this.sayRuns("content-sealed", sealed);
    if (elsewhere) this.say("content-shed");
    this.sayRuns("content-shed", [...shed].map((n) => [n, n]));
  }
}

const claims = (records) => records.map((each) => each.p);
const includes = (list, one) => list.some((each) => each.equals(one));
const within = (runs, n) => runs.some(([first, last]) => first <= n && n <= last);
const abs = (n) => (n < 0n ? -n : n);
const names = (fields) => [...new Set(fields.map((each) => each.slice(each.indexOf(" ") + 1)))];

function possible(records, above) {
  const there = records.map((each) => each.leaf);
  const ordered = [...there.filter((leaf) => includes(above, leaf)), ...there, ...above];
  return ordered.filter((leaf, at) => ordered.findIndex((each) => each.equals(leaf)) === at);
}

function joined(runs) {
  const found = [];
  for (const [first, last] of [...runs].sort((a, b) => a[0] - b[0] || a[1] - b[1])) {
    if (found.length && first <= found.at(-1)[1] + 1) found.at(-1)[1] = Math.max(found.at(-1)[1], last);
    else found.push([first, last]);
  }
  return found;
}

// All of it (sections 8.1, 8.5, 8.7).

function read(bodies) {
  const streams = new Map();
  for (const body of bodies) {
    let line;
    try { line = [...body].length <= LIMIT.body ? JSON.parse(body) : null; } catch { continue; }
    if (!object(line) || line.v !== 1 || !text(line.s) || !/^[0-9a-f]{32}$/.test(line.s)) continue;
    if (!streams.has(line.s)) streams.set(line.s, new Evidence(line.s));
    sort(streams.get(line.s), line, body);
  }
  return [...streams.values()].filter((each) => each.counts);
}

function sort(evidence, line, body) {
  if (encode(line) !== body) {
    const at = line.y === "checkpoint" ? line.i : line.n;
    const field = text(line.f) ? line.f : "?";
    const what = line.y === "checkpoint" ? `checkpoint ${at}` : ["content", "sealed"].includes(line.y) ? `${at} ${field}` : String(at);
    if (number(at)) evidence.strange.set(what, at);
    return;
  }
  if (!("y" in line) || line.y === null) return evidence.record(line, body);
  if (!text(line.y) || Object.keys(line).sort().join(" ") !== MEMBERS[line.y]) return;
  if (line.y === "checkpoint") evidence.checkpoint({ ...line, body });
  else evidence.content(line, line.y === "sealed" ? "key" : "salt");
}

export function verify(bodies, pinned = {}) {
  const hostKeys = Object.fromEntries(Object.entries(pinned).map(([name, key]) => [name, b64(key)]));
  const all = read(bodies);
  const hosts = all.filter((each) => each.isHost).map((each) => new Stream(each, hostKeys));
  const attested = attestedBy(hosts);
  let streams = all.filter((each) => !each.isHost).map((each) => weigh(each, hostKeys, attested, hosts));
  streams = streams.map((one) => weigh(one.evidence, hostKeys, attested, hosts, streams, one));
  const every = [...hosts, ...streams];
  const erasures = every.flatMap((one) => one.evidence.erasures.filter((each) => one.vouches(each.by)));
  const told = new Set(every.flatMap((one) => [...one.verdicts(erasures)]));
  for (const verdict of ofAll(hosts, streams, attested)) told.add(verdict);
  return { verdicts: [...told].sort(), exit: exitCode(told, every) };
}

function attestedBy(hosts) {
  const found = new Map();
  for (const host of hosts) {
    for (const [stream, heads] of host.evidence.heads) {
      for (const head of heads.filter((each) => host.vouches(each.by))) {
        if (!found.has(stream)) found.set(stream, { heads: new Map() });
        const of = found.get(stream);
        if (head.index === -1) of.recovered = head;
        else of.heads.set(head.index, head);
        if (!of.newest || head.size >= of.newest.size) of.newest = head;
      }
    }
  }
  return found;
}

// Twice: a stream may tell of another's records, or its own, once it is itself proven.
function weigh(evidence, hostKeys, attested, hosts, streams = [], before = null) {
  const toldBy = (tellers) => tellers.flatMap((one) => one.evidence.trims.filter((trim) => trim.stream === evidence.stream && one.vouches(trim.by)));
  const trims = [...toldBy(hosts), ...toldBy(streams)];
  if (before && !toldBy(streams).length) return before;
  const known = attested.get(evidence.stream) ?? { heads: new Map() };
  const heads = new Map([...known.heads, ...trims.filter((trim) => trim.left).map((trim) => [trim.left.index, trim.left])]);
  return new Stream(evidence, hostKeys, { ...known, heads }, trims);
}

function* ofAll(hosts, streams, attested) {
  const every = [...hosts, ...streams];
  if (!every.length) return;
  yield "unanchored";
  const whole = every.flatMap((one) => one.evidence.trims.filter((trim) => !trim.left && one.vouches(trim.by)));
  const here = new Set(every.map((one) => one.name)), gone = new Map(whole.map((trim) => [trim.stream, trim]));
  for (const stream of attested.keys()) if (!here.has(stream) && !gone.has(stream)) yield `anchored-stream-missing ${plain(stream)}`;
  for (const [stream, { last }] of gone) if (!here.has(stream)) yield `trimmed ${plain(stream)} ${last ? `0-${last}` : 0}`;
  for (const one of every) if (one.trail && !one.hostKey) yield `host-key-unpinned ${plain(one.trail)}`;
  yield* holes(streams, whole.map((trim) => trim.ordinal).filter(number));
}

function* holes(streams, trimmed) {
  const trails = new Map();
  for (const one of streams) if (one.ordinal !== null) add(trails, one.trail, one.ordinal);
  for (const [trail, ordinals] of trails) {
    let due = 0;
    const top = Math.max(...ordinals);
    for (const n of [...new Set([...ordinals, ...trimmed.filter((each) => each < top)])].sort((a, b) => a - b)) {
      if (n > due) yield `missing-stream ${trails.size > 1 ? `${plain(trail)} ` : ""}${n - 1 === due ? due : `${due}-${n - 1}`}`;
      due = n + 1;
    }
  }
}

function exitCode(told, every) {
  if (!every.length) return 3;
  const classes = [...told].map((verdict) => verdict.split(" ")[0]);
  if (classes.some((name) => !NOTES.has(name) && !UNFINISHED.has(name))) return 2;
  return classes.some((name) => UNFINISHED.has(name)) ? 1 : 0;
}

// The vectors (docs/vectors/README.md).

function main(files) {
  const bases = new Map();
  let agreed = 0;
  const apart = [];
  for (const line of files.flatMap((file) => readFileSync(file, "utf8").trimEnd().split("\n"))) {
    const vector = JSON.parse(line);
    if ("lines" in vector) { bases.set(vector.base, vector); continue; }
    const base = bases.get(vector.base), drop = new Set(vector.drop ?? []);
    const bodies = [...(vector.first ?? []), ...base.lines.filter((_, at) => !drop.has(at)), ...(vector.last ?? [])];
    if (vector.twice) bodies.push(...bodies);
    const found = verify(vector.reverse ? bodies.reverse() : bodies, vector.host_keys ?? base.host_keys);
    const same = JSON.stringify(found.verdicts) === JSON.stringify(vector.verdicts) && found.exit === vector.exit;
    if (same) agreed += 1;
    else apart.push({ vector: vector.vector, expected: vector.verdicts, exit: vector.exit, found });
  }
  for (const each of apart.slice(0, 20)) console.log(JSON.stringify(each));
  console.log(`${agreed} vectors agree, ${apart.length} do not`);
  return apart.length || !agreed ? 1 : 0;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) process.exitCode = main(process.argv.slice(2));
