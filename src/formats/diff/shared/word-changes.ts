/** A range of characters in a line; `to` is exclusive. */
export type Range = readonly [from: number, to: number];

/** Largest number of words that are compared; a longer part counts as one change. */
const MAX_WORDS = 120;

/**
 * Compares two lines word by word and returns the changed ranges of each, or undefined if less than 30 % of the text is
 * common and marks would not help.
 */
export function wordChanges(before: string, after: string): { old: Range[]; new: Range[] } | undefined {
  const a = before.match(WORDS) ?? [];
  const b = after.match(WORDS) ?? [];
  let prefix = 0;
  while (prefix < a.length && prefix < b.length && a[prefix] === b[prefix]) prefix++;
  let suffix = 0;
  while (suffix < a.length - prefix && suffix < b.length - prefix && a.at(-1 - suffix) === b.at(-1 - suffix)) suffix++;
  const [oldMiddle, newMiddle] = [a.slice(prefix, a.length - suffix), b.slice(prefix, b.length - suffix)];
  const common =
    oldMiddle.length > MAX_WORDS || newMiddle.length > MAX_WORDS
      ? { old: new Set<number>(), new: new Set<number>() }
      : longestCommon(oldMiddle, newMiddle);
  const commonLength = (words: readonly string[], middle: readonly string[], commonIndices: ReadonlySet<number>) =>
    textLength(words.slice(0, prefix)) +
    textLength(words.slice(words.length - suffix)) +
    textLength(middle.filter((_, i) => commonIndices.has(i)));
  if (Math.max(commonLength(a, oldMiddle, common.old), 1) < 0.3 * Math.max(textLength(a), textLength(b)))
    return undefined;
  const from = a.slice(0, prefix).join('').length;
  return { old: rangesOf(oldMiddle, common.old, from), new: rangesOf(newMiddle, common.new, from) };
}

const WORDS = /[\p{L}\p{N}_]+|\s+|[^\p{L}\p{N}_\s]/gu;

/** The total length of words without the white space around them. */
function textLength(words: readonly string[]): number {
  return words.reduce((sum, word) => sum + word.trim().length, 0);
}

/** Indices of a longest common subsequence, in both lists. */
function longestCommon(a: readonly string[], b: readonly string[]): { old: Set<number>; new: Set<number> } {
  const width = b.length + 1;
  const lengths = new Uint16Array((a.length + 1) * width);
  const lengthAt = (i: number, j: number) => lengths[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      lengths[i * width + j] =
        a[i] === b[j] ? lengthAt(i + 1, j + 1) + 1 : Math.max(lengthAt(i + 1, j), lengthAt(i, j + 1));
  const common = { old: new Set<number>(), new: new Set<number>() };
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    if (a[i] === b[j]) {
      common.old.add(i++);
      common.new.add(j++);
    } else if (lengthAt(i + 1, j) >= lengthAt(i, j + 1)) i++;
    else j++;
  }
  return common;
}

/** Ranges of the words that are not common. White space between two changed words belongs to the change. */
function rangesOf(words: readonly string[], common: ReadonlySet<number>, offset: number): Range[] {
  const ranges: [number, number][] = [];
  let at = offset;
  words.forEach((word, i) => {
    const changed =
      !common.has(i) ||
      (word.trim() === '' && i > 0 && !common.has(i - 1) && i + 1 < words.length && !common.has(i + 1));
    const last = ranges.at(-1);
    if (changed && last?.[1] === at) last[1] = at + word.length;
    else if (changed) ranges.push([at, at + word.length]);
    at += word.length;
  });
  return ranges;
}

/** Adds `<mark>` around ranges of the text of escaped HTML. A mark that crosses a tag is closed and opened again. */
export function markHtml(html: string, ranges: readonly Range[]): string {
  if (ranges.length === 0) return html;
  let out = '';
  let offset = 0;
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
    if (offset >= from && !marked) {
      out += '<mark>';
      marked = true;
    }
    out += token;
    offset += token.startsWith('&') ? 1 : token.length;
    if (offset >= to) {
      close();
      next++;
    }
  }
  close();
  return out;
}
