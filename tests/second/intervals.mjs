// The records of one stream against its signed roots: docs/trail-format.md, sections 8.3 and 8.4.

import { grown, rootOf, within } from "./bytes.mjs";

const LIMIT = { ahead: 2 ** 20, tries: 8 };

// `cut` is what a rule let go: { first, size }. Verdicts without a set of their own go to `say`.
export class Prover {
  constructor(evidence, heads, cut, say) {
    Object.assign(this, { evidence, cut, say, tree: { size: 0, peaks: [] }, sealed: 0, last: null, unsealed: 0 });
    Object.assign(this, { altered: new Set(), doubtful: new Set(), far: new Set(), missing: [], trimmed: [], proven: [], unrooted: [], beyond: [] });
    for (const head of heads) this.advance(head);
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

  outOfRange(n) { this.beyond.push([n, n]); }

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
    for (const n of numbers) if (n < reached) this.unrooted.push([n, n]);
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
    if (!broken.length && numbers.length === end - begin) this.unrooted.push([begin, end - 1]);
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
}

const claims = (records) => records.map((each) => each.p);
const includes = (list, one) => list.some((each) => each.equals(one));

function possible(records, above) {
  const there = records.map((each) => each.leaf);
  const ordered = [...there.filter((leaf) => includes(above, leaf)), ...there, ...above];
  return ordered.filter((leaf, at) => ordered.findIndex((each) => each.equals(leaf)) === at);
}
