/** Script of a diff's page: switches to side by side, and loads further files of a large patch. */

import { messageOf } from '../../shared/errors.ts';
import { fetchRange } from '../../shared/kit/ranges/fetch-range.ts';
import type { Charset } from '../../shared/kit/text/charset.ts';
import { elementById } from '../../web/kit/dom/element.ts';
import { entryHtml, fileHtml } from './shared/html.ts';
import type { paintFor } from './shared/paint.ts';
import { parseChunk } from './shared/patch-chunk.ts';

declare global {
  /** Set by the script `diff-paint.js` when it is loaded. */
  var webpipePaintFor: typeof paintFor | undefined;
}

/** The number of bytes of a patch that one click loads. */
const CHUNK_BYTES = 192 * 1024;
const body = document.body;
let nextOffset = Number(body.dataset.next);
let fileCount = Number(body.dataset.files);

/** Arranges the lines of a hunk in two columns, with removed lines beside the lines that replaced them. */
function splitHunk(hunk: HTMLElement): void {
  if (hunk.dataset.split) return;
  hunk.dataset.split = '1';
  let [oldRow, newRow] = [1, 1];
  for (const line of [...hunk.children] as HTMLElement[]) {
    if (line.className === 'o') placeInGrid(line, 1, oldRow++);
    else if (line.className === 'n') placeInGrid(line, 2, newRow++);
    else {
      const row = Math.max(oldRow, newRow);
      const copy = line.cloneNode(true) as HTMLElement;
      copy.className = 'c copy';
      line.after(copy);
      placeInGrid(line, 1, row);
      placeInGrid(copy, 2, row);
      oldRow = row + 1;
      newRow = row + 1;
    }
  }
}

function placeInGrid(line: HTMLElement, column: number, row: number): void {
  line.style.gridArea = `${row} / ${column}`;
}

function splitAll(): void {
  if (!body.classList.contains('split')) return;
  for (const hunk of document.querySelectorAll<HTMLElement>('.hunk')) splitHunk(hunk);
}

function setSideBySide(isSideBySide: boolean): void {
  body.classList.toggle('split', isSideBySide);
  elementById('unified')?.setAttribute('aria-pressed', String(!isSideBySide));
  elementById('beside')?.setAttribute('aria-pressed', String(isSideBySide));
  splitAll();
}
elementById('unified')?.addEventListener('click', () => setSideBySide(false));
elementById('beside')?.addEventListener('click', () => setSideBySide(true));

let paintLoading: Promise<void> | undefined;

/** Loads the syntax colours. Also resolves if that fails: the lines then have no colours. */
function loadPaint(): Promise<void> {
  return new Promise((resolve) => {
    const script = document.createElement('script');
    script.src = body.dataset.paint ?? '';
    script.onload = script.onerror = () => resolve();
    document.head.append(script);
  });
}

async function loadNextFiles(): Promise<void> {
  paintLoading ??= loadPaint();
  const { size = '0', source = '', charset = 'utf-8' } = body.dataset;
  const end = Math.min(Number(size), nextOffset + CHUNK_BYTES);
  const { bytes } = await fetchRange(new URL(source, document.baseURI).href, nextOffset, end);
  const chunk = parseChunk(bytes, charset as Charset, end < Number(size));
  await paintLoading;
  for (const { file, cut } of chunk.files) {
    fileCount++;
    const paint = await globalThis.webpipePaintFor?.(file.name);
    elementById('diffs')?.insertAdjacentHTML('beforeend', fileHtml(file, fileCount, paint, cut));
    elementById('files')?.insertAdjacentHTML('beforeend', entryHtml(file, fileCount));
  }
  nextOffset += chunk.end;
  if (nextOffset >= Number(size)) elementById('rest')?.remove();
  splitAll();
}

elementById('more')?.addEventListener('click', () => {
  loadNextFiles().catch((error: unknown) => {
    const status = elementById('status');
    if (status) status.textContent = `Could not load: ${messageOf(error)}`;
  });
});
