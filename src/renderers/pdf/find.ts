/** Where a text occurs in the pieces of a page, as PDF keeps it: a word may lie in several of them. */

/** The numbers of the pieces that each occurrence touches, in the order of the page. Letters' case does not matter. */
export function findIn(pieces: readonly string[], wanted: string): number[][] {
  const needle = fold(wanted.trim());
  if (needle === '') return [];
  const starts: number[] = [];
  let text = '';
  for (const piece of pieces) {
    starts.push(text.length);
    text += fold(piece);
  }
  const found: number[][] = [];
  let piece = 0;
  for (let at = text.indexOf(needle); at >= 0; at = text.indexOf(needle, at + needle.length)) {
    while (piece + 1 < starts.length && (starts[piece + 1] ?? 0) <= at) piece++;
    const touched: number[] = [];
    for (let next = piece; next < starts.length && (starts[next] ?? 0) < at + needle.length; next++)
      if (pieces[next] !== '') touched.push(next);
    found.push(touched);
  }
  return found;
}

/** Lower case, one character for each, and all space alike, so that places stay where they are. */
function fold(text: string): string {
  return text.replace(/[\s\S]/g, (c) => {
    const lower = c.toLowerCase();
    return /\s/.test(c) ? ' ' : lower.length === 1 ? lower : c;
  });
}
