/** Numbers formatted for people. Shared by renderers and page scripts. */

/** `1234567` as `1,234,567`. */
export function count(n: number): string {
  return String(Math.round(n)).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `1 line`, `2,000 lines`, `3 entries`. */
export function plural(n: number, word: string): string {
  return `${count(n)} ${n === 1 ? word : /[^aeiou]y$/.test(word) ? `${word.slice(0, -1)}ies` : `${word}s`}`;
}

/** `at least 100 rows`: counting stopped there. */
export function atLeast(n: number, word: string): string {
  return `at least ${plural(n, word)}`;
}

/** `1,000 pages`, or `1,000 pages, the first 200 shown`: for the summary line of a page. */
export function shownOf(shown: number, n: number, word: string): string {
  return `${plural(n, word)}${shown < n ? `, the first ${count(shown)} shown` : ''}`;
}

/** `The first 200 of 1,000 columns are shown.`: for a note. */
export function firstOf(shown: number, n: number, word: string): string {
  return `The first ${count(shown)} of ${plural(n, word)} are shown.`;
}

/** `about 12,300,000 lines`: an estimate, rounded to three significant digits. */
export function about(n: number, word: string): string {
  const scale = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, n))) - 2);
  return `about ${plural(Math.round(n / scale) * scale, word)}`;
}

/** `512 bytes`, `1.5 KB`, `5.4 GB`: a size in decimal units. */
export function size(bytes: number): string {
  if (bytes < 1000) return plural(bytes, 'byte');
  let value = bytes;
  let unit = '';
  for (const next of ['KB', 'MB', 'GB', 'TB', 'PB']) {
    if (value < 999.5) break;
    value /= 1000;
    unit = next;
  }
  return `${value < 9.95 ? value.toFixed(1) : Math.round(value)} ${unit}`;
}
