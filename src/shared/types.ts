/**
 * The type of a file by its name: the longest known suffix after a dot (`a.Rplot.png` is `Rplot.png` if that is known,
 * else `png`), else the whole name (`Makefile`). If no suffix matches exactly, their lower-case forms are tried.
 * @returns undefined if nothing matches
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
