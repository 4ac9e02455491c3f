/** Numbers as people read them. Shared by the renderers and the scripts of their pages. */

/** `1234567` as `1,234,567`. */
export function count(n: number): string {
  return String(Math.round(n)).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `1 line`, `2,000 lines`. */
export function plural(n: number, word: string): string {
  return `${count(n)} ${word}${n === 1 ? '' : 's'}`;
}

/** `about 12,300,000 lines`: three digits are all that an estimate knows. */
export function about(n: number, word: string): string {
  const scale = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, n))) - 2);
  return `about ${plural(Math.round(n / scale) * scale, word)}`;
}

/** `512 bytes`, `1.5 KB`, `5.4 GB`: decimal units, as file managers count. */
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
