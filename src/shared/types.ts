/**
 * The type of a file by its name: after its first dot, the longest known suffix first (`a.Rplot.png` is `Rplot.png`
 * where that is known, else `png`), else the whole name (`Makefile`). Letters' case is ignored when nothing fits it.
 * Gives undefined when the name says nothing.
 */
export function typeOfName(name: string, known: ReadonlySet<string>): string | undefined {
  const base = name.replace(/\/+$/, '').split('/').pop() ?? '';
  const parts = base.split('.');
  const candidates = parts.slice(1).map((_, i) => parts.slice(i + 1).join('.'));
  candidates.push(base);
  for (const candidate of candidates) if (known.has(candidate)) return candidate;
  for (const candidate of candidates) {
    const lower = candidate.toLowerCase();
    if (known.has(lower)) return lower;
  }
  return undefined;
}
