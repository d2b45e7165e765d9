// The chain of keys of one stream, and the heads of a host log: docs/trail-format.md, sections 8.2 and 8.5.

import { hex } from "./bytes.mjs";
import { noteKey, ofHost, signedBy } from "./notes.mjs";

const NO_KEY = Buffer.alloc(0);
const ascending = (numbers) => [...numbers].sort((a, b) => a - b);

// Whether a checkpoint is what the host log, or a trim, says of its index.
export function isAttested(checkpoint, attested) {
  const head = attested.heads.get(checkpoint.index), note = checkpoint.note;
  return head !== undefined && head.size === note.size && head.root.equals(note.root) && head.next.equals(noteKey(note, "next") ?? NO_KEY);
}

export class Chain {
  constructor(evidence, hostKey, attested, say) {
    Object.assign(this, { evidence, hostKey, attested, say, heads: [], skipped: [], closed: false, certified: false });
    Object.assign(this, { keys: [], trusted: true });
    evidence.isHost ? this.ofHost() : this.follow();
  }

  lose() { this.keys = []; this.trusted = false; }

  follow() {
    let due = 0;
    for (const index of ascending(this.evidence.faces.keys())) {
      if (this.closed) { this.say("forged-checkpoint", index); continue; }
      if (index > due) { this.skipped.push([due, index - 1]); this.lose(); }
      due = index + 1;
      this.step(index, this.evidence.faces.get(index));
    }
  }

  step(index, faces) {
    const found = this.trueOnes(index, faces);
    if (!found.length) { this.say("bad-checkpoint-signature", index); this.lose(); return; }
    const texts = new Set(found.map((each) => each.note.text));
    if (texts.size > 1) this.say(this.keys.length || index === 0 ? "equivocation" : "forged-checkpoint", index);
    else if (faces.some((each) => !texts.has(each.note.text))) this.say("forged-checkpoint", index);
    this.certified ||= index === 0;
    this.trusted ||= found.every((each) => isAttested(each, this.attested));
    this.heads.push({ index, options: found, trusted: this.trusted, peaked: true });
    this.keys = found.map((each) => noteKey(each.note, "next")).filter(Boolean);
    this.closed = !found.some((each) => each.note.extensions.has("next"));
    if (!this.keys.length && !this.closed) this.lose();
  }

  trueOnes(index, faces) {
    if (index === 0) return faces.filter((each) => this.isBirth(each));
    if (this.keys.length || this.trusted) return faces.filter(({ note }) => this.keys.some((key) => signedBy(note, note.origin, key)));
    const attested = faces.filter((each) => isAttested(each, this.attested));
    return attested.length ? attested : faces;
  }

  isBirth(each) {
    const note = each.note, own = noteKey(note, "key");
    if (!own || !signedBy(note, note.origin, own)) return false;
    return !this.hostKey || signedBy(note, `${note.prefix}/host`, this.hostKey) || isAttested(each, this.attested);
  }

  ofHost() {
    this.closed = true;
    const sizes = new Map();
    let due = 0;
    for (const index of ascending(this.evidence.faces.keys())) {
      if (index > due) this.skipped.push([due, index - 1]);
      due = index + 1;
      const faces = this.evidence.faces.get(index);
      const found = faces.filter(({ note }) => ofHost(note) && (!this.hostKey || signedBy(note, note.origin, this.hostKey)));
      if (!found.length) this.say("bad-checkpoint-signature", index);
      else if (found.length < faces.length) this.say("forged-checkpoint", index);
      for (const each of found) sizes.set(each.note.size, [...(sizes.get(each.note.size) ?? []), each]);
    }
    for (const size of ascending(sizes.keys())) {
      const options = sizes.get(size);
      if (new Set(options.map((each) => hex(each.note.root))).size > 1) this.say("fork-of-log", size);
      this.heads.push({ index: options[0].index, options, trusted: true, peaked: true });
    }
  }
}
