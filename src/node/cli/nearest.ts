/** The word in `words` that is most similar to `word`, or undefined if none is similar. */
export function nearest(word: string, words: readonly string[]): string | undefined {
  const scored = words.map((candidate) => ({ candidate, edits: distance(word, candidate) }));
  const best = scored.sort((a, b) => a.edits - b.edits)[0];
  return best && best.edits <= Math.max(1, Math.floor(best.candidate.length / 2)) ? best.candidate : undefined;
}

/** The Damerau-Levenshtein distance: the number of insertions, deletions, substitutions and swaps of adjacent letters. */
function distance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  const at = (i: number, j: number) => rows[i]?.[j] ?? 0;
  for (let i = 1; i <= a.length; i++) {
    rows.push([i]);
    for (let j = 1; j <= b.length; j++) {
      const replaced = at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const transposition =
        i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? at(i - 2, j - 2) + 1 : Infinity;
      rows[i]?.push(Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, replaced, transposition));
    }
  }
  return at(a.length, b.length);
}
