import { anyCase } from '../../../shared/case.ts';

/**
 * Finds a text, ignoring case, in the text items of a PDF page. A word may be split over several items.
 * @returns for each occurrence the indices of its items, in order
 */
export function findIn(pieces: readonly string[], wanted: string): number[][] {
  const needle = normaliseSpace(wanted.trim());
  if (needle === '') return [];
  const starts: number[] = [];
  let text = '';
  for (const piece of pieces) {
    starts.push(text.length);
    text += normaliseSpace(piece);
  }
  const occurrences: number[][] = [];
  let piece = 0;
  for (const { index: offset, 0: match } of text.matchAll(new RegExp(anyCase(needle), 'giu'))) {
    while (piece + 1 < starts.length && (starts[piece + 1] ?? 0) <= offset) piece++;
    const touchedItems: number[] = [];
    for (let next = piece; next < starts.length && (starts[next] ?? 0) < offset + match.length; next++)
      if (pieces[next] !== '') touchedItems.push(next);
    occurrences.push(touchedItems);
  }
  return occurrences;
}

/** Replaces each white space character by a space, which keeps positions. */
function normaliseSpace(text: string): string {
  return text.replace(/\s/g, ' ');
}
