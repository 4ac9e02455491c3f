/** The script of a diff's page: side by side, and more of a large patch. */

import { fetchRange } from '../../shared/kit/ranges/fetch-range.ts';
import type { Charset } from '../../shared/kit/text/charset.ts';
import { entryHtml, fileHtml } from './shared/html.ts';
import type { paintFor } from './shared/paint.ts';
import { piecesOf } from './shared/pieces.ts';

declare global {
  /** How lines are painted, once the script for it is loaded. */
  var webpipePaintFor: typeof paintFor | undefined;
}

const MORE = 192 * 1024;
const body = document.body;
const one = (id: string) => document.getElementById(id);
let next = Number(body.dataset.next);
let files = Number(body.dataset.files);

/** Puts the lines of each hunk into two columns: what was replaced stands beside what replaced it. */
function split(hunk: HTMLElement): void {
  if (hunk.dataset.split) return;
  hunk.dataset.split = '1';
  let row = 1;
  let [old, now] = [1, 1];
  for (const line of [...hunk.children] as HTMLElement[]) {
    if (line.className === 'o') place(line, 1, old++);
    else if (line.className === 'n') place(line, 2, now++);
    else {
      row = Math.max(old, now);
      const copy = line.cloneNode(true) as HTMLElement;
      copy.className = 'c copy';
      line.after(copy);
      place(line, 1, row);
      place(copy, 2, row);
      old = row + 1;
      now = row + 1;
    }
  }
}

function place(line: HTMLElement, column: number, row: number): void {
  line.style.gridArea = `${row} / ${column}`;
}

function splitAll(): void {
  if (body.classList.contains('split')) for (const hunk of document.querySelectorAll<HTMLElement>('.hunk')) split(hunk);
}

for (const [id, on] of [
  ['unified', false],
  ['beside', true],
] as const)
  one(id)?.addEventListener('click', () => {
    body.classList.toggle('split', on);
    one('unified')?.setAttribute('aria-pressed', String(!on));
    one('beside')?.setAttribute('aria-pressed', String(on));
    splitAll();
  });

let loading: Promise<void> | undefined;

/** Loads the colours of code; without them the code is black and white. */
function loadPaint(): Promise<void> {
  return new Promise((resolve) => {
    const script = document.createElement('script');
    script.src = body.dataset.paint ?? '';
    script.onload = script.onerror = () => resolve();
    document.head.append(script);
  });
}

async function more(): Promise<void> {
  loading ??= loadPaint();
  const { size = '0', source = '', charset = 'utf-8' } = body.dataset;
  const end = Math.min(Number(size), next + MORE);
  const { bytes } = await fetchRange(new URL(source, document.baseURI).href, next, end);
  const pieces = piecesOf(bytes, charset as Charset, end < Number(size));
  await loading;
  for (const { file, cut } of pieces.files) {
    files++;
    const paint = await globalThis.webpipePaintFor?.(file.name);
    one('diffs')?.insertAdjacentHTML('beforeend', fileHtml(file, files, paint, cut));
    one('files')?.insertAdjacentHTML('beforeend', entryHtml(file, files));
  }
  next += pieces.end;
  if (next >= Number(size)) one('rest')?.remove();
  splitAll();
}

one('more')?.addEventListener('click', () => {
  more().catch((error: unknown) => {
    const said = one('said');
    if (said) said.textContent = `Could not load: ${error instanceof Error ? error.message : error}`;
  });
});
