// One stream, or host log, weighed: docs/trail-format.md, sections 8.4 to 8.7.

import { joined, plain, within } from "./bytes.mjs";
import { Chain } from "./chain.mjs";
import { Prover } from "./intervals.mjs";

export class Stream {
  constructor(evidence, hostKeys, attested = { heads: new Map() }, trims = []) {
    Object.assign(this, { evidence, attested, name: evidence.stream, trail: evidence.prefix, told: new Set() });
    const nobody = Object.keys(hostKeys).length ? Buffer.alloc(0) : null;
    this.hostKey = hostKeys[`${this.trail}/host`] ?? hostKeys["*"] ?? nobody;
    const say = (...what) => this.say(...what);
    this.chain = new Chain(evidence, this.hostKey, attested, say);
    this.cut = this.findCut(trims);
    this.recovered = this.recoveredHead();
    this.proof = new Prover(evidence, [...this.chain.heads, ...this.recovered], this.cut, say);
  }

  say(name, ...detail) { this.told.add([name, this.name, ...detail].join(" ")); }
  sayRuns(name, runs) { for (const [first, last] of joined(runs)) this.say(name, first === last ? first : `${first}-${last}`); }
  vouches(n) { return this.proof.vouches(n); }

  // The rule that let most of it go: from record `first` up to `size`, where a checkpoint begins the rest.
  findCut(trims) {
    for (const { left, first, last } of [...trims].sort((a, b) => b.last - a.last)) {
      const options = this.chain.heads.filter((head) => left && head.index === left.index).flatMap((head) => head.options);
      const found = options.some((each) => each.sound && each.note.size === left.size && each.note.root.equals(left.root));
      if (found && this.evidence.absent(first, last + 1).length) return { index: left.index, first, size: left.size };
    }
    return null;
  }

  // What the keeper sealed of a stream whose process died.
  recoveredHead() {
    const head = this.attested.recovered, last = this.chain.heads.at(-1);
    if (!head || this.chain.closed || (last && head.size < last.options[0].note.size)) return [];
    const note = { text: "", size: head.size, root: head.root, extensions: new Map() };
    return [{ index: last ? last.index + 1 : 0, options: [{ note, peaks: [], sound: false }], trusted: !last || last.trusted, peaked: false }];
  }

  get ordinal() {
    if (this.evidence.isHost) return null;
    if (this.chain.certified) {
      const spelling = this.chain.heads[0].options[0].note.extensions.get("ordinal") ?? "";
      return /^\d{1,9}$/.test(spelling) ? Number(spelling) : null;
    }
    if (this.evidence.faces.has(0)) return null;
    return this.evidence.ordinal ?? this.attested.newest?.ordinal ?? null;
  }

  verdicts(erasures) {
    const { altered, doubtful, missing, trimmed, unrooted, beyond, unsealed } = this.proof;
    for (const n of altered) this.say("altered-record", n);
    for (const n of doubtful) if (!altered.has(n)) this.say("conflicting-record", n);
    this.sayRuns("missing-record", missing);
    this.sayRuns("trimmed", trimmed);
    this.sayRuns("root-mismatch", unrooted);
    this.sayRuns("sequence-out-of-range", beyond);
    for (const [what] of this.evidence.strange) this.say("not-canonical", plain(what));
    const unborn = !this.evidence.faces.size && this.evidence.top > 1;
    this.sayRuns("missing-checkpoint", unborn ? [[0, 0]] : this.chain.skipped.filter(([, last]) => last >= (this.cut?.index ?? 0)));
    this.contents(erasures.filter((each) => each.stream === this.name));
    this.evidence.isHost ? this.ofHost() : this.life();
    if (unsealed) this.say("unsealed-tail", unsealed);
    return this.told;
  }

  ofHost() { for (const n of this.evidence.forks) if (this.vouches(n)) this.say("fork-of-log", n); }

  life() {
    this.intents();
    this.clocks();
    let open = [];
    for (const [n, state] of [...this.evidence.gaps].sort(([a], [b]) => a - b)) {
      if (state === "open") open.push(n);
      else { open = []; this.say("gap", n); }
    }
    for (const n of open) this.say("gap-open", n);
    if (this.recovered.length) this.say("host-attested");
    else if (!this.chain.closed) this.say("stream-not-closed");
    this.againstHost();
  }

  intents() {
    const { intents, answered, strange } = this.evidence, { altered, missing, far } = this.proof;
    const odd = [...strange].filter(([what, at]) => what === String(at)).map(([, at]) => at);
    const lost = [...altered, ...missing.map(([, last]) => last), ...odd].reduce((a, b) => Math.max(a, b), -1);
    for (const n of intents) if (!answered.has(n) && !far.has(n) && n > lost) this.say("intent-without-outcome", n);
  }

  clocks() {
    const steps = [...this.evidence.clocks].sort(([, a], [, b]) => a - b), seen = [];
    for (let at = 1; at < steps.length; at += 1) if (abs(steps[at][0] - steps[at - 1][0]) > 2n) seen.push(steps[at][1]);
    let before = -1;
    for (const n of [...this.evidence.clocksTold].sort((a, b) => a - b)) {
      if (!seen.some((each) => before < each && each <= n)) this.say("clock-step", n);
      before = n;
    }
    for (const n of seen) this.say("clock-step", n);
  }

  againstHost() {
    for (const head of this.chain.heads) {
      const seen = this.attested.heads.get(head.index);
      if (seen && head.trusted && head.options.every(({ note }) => note.size !== seen.size || !note.root.equals(seen.root))) this.say("anchor-mismatch", seen.size);
    }
    const newest = this.attested.newest, { sealed } = this.proof;
    if (newest && newest.size > sealed) this.say("rollback-vs-anchor", `${sealed}<${newest.size}`);
  }

  contents(erasures) {
    const { wanted, came, rivals, policy, shed } = this.evidence, gone = { erasures, trimmed: [], sealed: [] };
    gone.elsewhere = policy === "none" || policy === "trail";
    for (const n of new Set([...wanted.keys(), ...came.keys(), ...rivals.keys()])) {
      if (!within(this.proof.missing, n) && !this.proof.far.has(n) && this.evidence.at(n).length) this.content(n, gone);
    }
    this.sayRuns("trimmed", gone.trimmed);
    this.sayRuns("content-sealed", gone.sealed);
    if (gone.elsewhere) this.say("content-shed");
    this.sayRuns("content-shed", [...shed].map((n) => [n, n]));
  }

  content(n, gone) {
    const [all, here, others] = [this.evidence.wanted, this.evidence.came, this.evidence.rivals].map((each) => each.get(n) ?? new Set());
    const missing = names([...all].filter((each) => !here.has(each))), odd = names([...here].filter((each) => !all.has(each)));
    if (this.proof.doubtful.has(n) || this.proof.altered.has(n)) {
      const rivalled = [...others].some((each) => !all.has(each));
      if (odd.length || rivalled || (missing.length && this.proof.doubtful.has(n))) this.say("content-mismatch", n);
      return;
    }
    for (const name of odd) this.say("content-mismatch", n, plain(name));
    for (const name of missing) if (!odd.includes(name)) this.absent(n, name, gone);
  }

  absent(n, name, { erasures, trimmed, sealed, elsewhere }) {
    const why = new Set(erasures.filter((each) => within(each.runs, n) && ["", name].includes(each.field)).map((each) => each.name));
    if (why.has("content-erased")) this.say("content-erased", n, plain(name));
    else if (why.size) trimmed.push([n, n]);
    else if (this.evidence.shut.get(n)?.has(name)) sealed.push([n, n]);
    else if (!elsewhere) this.say("content-missing", n, plain(name));
  }
}

const abs = (n) => (n < 0n ? -n : n);
const names = (fields) => [...new Set(fields.map((each) => each.slice(each.indexOf(" ") + 1)))];
