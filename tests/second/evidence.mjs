// What came of one stream, and what its lifecycle records tell: docs/trail-format.md, sections 6, 7 and 8.1.

import { add, b64, b64u, byte, hash, hash32, number, object, text } from "./bytes.mjs";
import { ofHost, parseCheckpoint } from "./notes.mjs";

const LIMIT = { faces: 16, rivals: 8, parts: 1024, runs: 4000, clocks: 64 };

export class Evidence {
  constructor(stream) {
    Object.assign(this, { stream, records: new Map(), seen: 0, top: 0, faces: new Map(), prefix: "", strange: new Map() });
    Object.assign(this, { wanted: new Map(), came: new Map(), rivals: new Map(), shed: new Set(), shut: new Map(), parts: new Map() });
    Object.assign(this, { intents: new Set(), answered: new Set(), gaps: new Map(), clocks: new Map(), clocksTold: new Set() });
    Object.assign(this, { erasures: [], heads: new Map(), trims: [], forks: [], ordinal: null, policy: "", weakDisk: false });
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
    const lowest = this.clocks.get(distance);
    if (lowest === undefined ? this.clocks.size < LIMIT.clocks : n < lowest) this.clocks.set(distance, n);
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
      this.weakDisk = a["vedette.disk"] === "weak";
    } else if (phase === "clock") this.clocksTold.add(n);
    else if (phase === "gap") this.gaps.set(n, a["vedette.gap.state"]);
    else if (phase === "erasure") {
      const field = text(a["vedette.erasure.field"]) ? a["vedette.erasure.field"] : "";
      this.erasures.push({ by: n, stream: a["vedette.erasure.stream"], runs: runsOf(a), field, name: "content-erased" });
    }
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

const nanoseconds = (spelling) => (text(spelling) && /^\d{1,19}$/.test(spelling) && BigInt(spelling) < 2n ** 63n ? BigInt(spelling) : 0n);
const floor = (a, b) => (a < 0n && a % b ? a / b - 1n : a / b);

function runsOf(a) {
  const one = a["vedette.erasure.seq"];
  if (Number.isInteger(one)) return [[one, one]];
  const runs = a["vedette.erasure.runs"];
  const parts = text(runs) && [...runs].length <= LIMIT.runs ? runs.split(",") : [];
  return parts.map((each) => /^(\d{1,16})(?:-(\d{1,16}))?$/.exec(each)).filter(Boolean).map(([, first, last]) => [Number(first), Number(last ?? first)]);
}

// A head as a record tells it; null if it does not. Index -1: no checkpoint states it.
function mark(by, a) {
  const index = a["vedette.head.index"] ?? -1, size = a["vedette.head.size"];
  const root = hash32(a["vedette.head.root"]), next = b64(a["vedette.head.next"] ?? "");
  if (!root || !next || ![0, 32].includes(next.length) || !number(size) || (index !== -1 && !number(index))) return null;
  return { by, index, size, root, next, ordinal: number(a["vedette.ordinal"]) ? a["vedette.ordinal"] : null };
}
