import { anyCase } from '../../../shared/case.ts';

/** Where a text occurs in the pieces of a page, as PDF keeps it: a word may lie in several of them. */

/** The numbers of the pieces that each occurrence touches, in the order of the page. Letters' case does not matter. */
export function findIn(pieces: readonly string[], wanted: string): number[][] {
  const needle = plain(wanted.trim());
  if (needle === '') return [];
  const starts: number[] = [];
  let text = '';
  for (const piece of pieces) {
    starts.push(text.length);
    text += plain(piece);
  }
  const found: number[][] = [];
  let piece = 0;
  for (const { index: at, 0: match } of text.matchAll(new RegExp(anyCase(needle), 'giu'))) {
    while (piece + 1 < starts.length && (starts[piece + 1] ?? 0) <= at) piece++;
    const touched: number[] = [];
    for (let next = piece; next < starts.length && (starts[next] ?? 0) < at + match.length; next++)
      if (pieces[next] !== '') touched.push(next);
    found.push(touched);
  }
  return found;
}

/** All space alike, one for one, so that places stay where they are. */
function plain(text: string): string {
  return text.replace(/\s/g, ' ');
}
