// The second verifier: written from docs/trail-format.md alone, sharing no code with the first. It exists so that a
// fault of one shows as a disagreement; it promises nothing else.
//
//     node tests/second/verify.mjs docs/vectors/*.jsonl      agreement on each vector; exit 1 if there is none
//
// bytes.mjs sections 2 and 3; notes.mjs 5; evidence.mjs 6, 7; chain.mjs 8.2, 8.5; intervals.mjs 8.3, 8.4; stream.mjs 8.5 to 8.7.

import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { add, b64, encode, number, object, plain, text, whole } from "./bytes.mjs";
import { Evidence } from "./evidence.mjs";
import { Stream } from "./stream.mjs";

const BODY = 1 << 20;
const MEMBERS = { checkpoint: "f i note s v y", content: "d f i k n s salt v y", sealed: "d f i k key n s v y" };
const NOTES = new Set(`
intent-without-outcome content-erased content-sealed content-shed trimmed gap host-attested clock-step unanchored
anchor-stale ephemeral weak-disk host-key-unpinned from-checkpoint`.trim().split(/\s/));
const UNFINISHED = new Set("stream-not-closed unsealed-tail gap-open torn".split(" "));

// All of it (sections 8.1, 8.5, 8.7).

function read(bodies) {
  const streams = new Map();
  for (const body of bodies) {
    let line;
    try { line = [...body].length <= BODY ? JSON.parse(body) : null; } catch { continue; }
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
    if (whole(at)) evidence.strange.set(what, at);
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
  if (streams.some((one) => one.evidence.weakDisk)) yield "weak-disk";
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
