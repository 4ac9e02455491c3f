/** A part of a line, from one character up to another. */
export type Range = readonly [from: number, to: number];

/** Words of the changed part of a line that are compared; beyond it the part is one change. */
const MAX_WORDS = 120;

/**
 * What differs between two lines, word by word: ranges in the old one and in the new one. Undefined where they have so
 * little in common that marks would only be noise.
 */
export function wordChanges(before: string, after: string): { old: Range[]; new: Range[] } | undefined {
  const a = before.match(WORDS) ?? [];
  const b = after.match(WORDS) ?? [];
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a.at(-1 - end) === b.at(-1 - end)) end++;
  const [x, y] = [a.slice(start, a.length - end), b.slice(start, b.length - end)];
  const kept =
    x.length > MAX_WORDS || y.length > MAX_WORDS ? { old: new Set<number>(), new: new Set<number>() } : common(x, y);
  const same = (words: readonly string[], middle: readonly string[], keep: ReadonlySet<number>) =>
    letters(words.slice(0, start)) +
    letters(words.slice(words.length - end)) +
    letters(middle.filter((_, i) => keep.has(i)));
  if (Math.max(same(a, x, kept.old), 1) < 0.3 * Math.max(letters(a), letters(b))) return undefined;
  const from = a.slice(0, start).join('').length;
  return { old: rangesOf(x, kept.old, from), new: rangesOf(y, kept.new, from) };
}

const WORDS = /[\p{L}\p{N}_]+|\s+|[^\p{L}\p{N}_\s]/gu;

/** How much a reader sees in them. */
function letters(words: readonly string[]): number {
  return words.reduce((sum, word) => sum + word.trim().length, 0);
}

/** Places of a longest common subsequence, in both. */
function common(a: readonly string[], b: readonly string[]): { old: Set<number>; new: Set<number> } {
  const width = b.length + 1;
  const best = new Uint16Array((a.length + 1) * width);
  const at = (i: number, j: number) => best[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      best[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  const kept = { old: new Set<number>(), new: new Set<number>() };
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    if (a[i] === b[j]) {
      kept.old.add(i++);
      kept.new.add(j++);
    } else if (at(i + 1, j) >= at(i, j + 1)) i++;
    else j++;
  }
  return kept;
}

/** The words that are not kept, as ranges; a blank between two of them is of the change. */
function rangesOf(words: readonly string[], kept: ReadonlySet<number>, offset: number): Range[] {
  const ranges: [number, number][] = [];
  let at = offset;
  words.forEach((word, i) => {
    const changed =
      !kept.has(i) || (word.trim() === '' && i > 0 && !kept.has(i - 1) && i + 1 < words.length && !kept.has(i + 1));
    const last = ranges.at(-1);
    if (changed && last?.[1] === at) last[1] = at + word.length;
    else if (changed) ranges.push([at, at + word.length]);
    at += word.length;
  });
  return ranges;
}

/** Escaped HTML of a line with `<mark>` around ranges of its text. Marks are closed within each tag that they go over. */
export function markHtml(html: string, ranges: readonly Range[]): string {
  if (ranges.length === 0) return html;
  let out = '';
  let at = 0;
  let next = 0;
  let marked = false;
  const close = () => {
    if (marked) out += '</mark>';
    marked = false;
  };
  for (const [token] of html.matchAll(/<[^>]*>|&[^;]*;|./gsu)) {
    if (token.startsWith('<')) {
      close();
      out += token;
      continue;
    }
    const [from, to] = ranges[next] ?? [Infinity, Infinity];
    if (at >= from && !marked) {
      out += '<mark>';
      marked = true;
    }
    out += token;
    at += token.startsWith('&') ? 1 : token.length;
    if (at >= to) {
      close();
      next++;
    }
  }
  close();
  return out;
}
