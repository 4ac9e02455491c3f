import { fetchRange } from '../../../shared/kit/ranges/fetch-range.ts';
import { count } from '../../../shared/kit/text/numbers.ts';
import type { ViewMode } from '../../../shared/kit/text/view-mode.ts';
import { markFirst } from '../dom/mark-first.ts';

const PIECE_BYTES = 64 * 1024;
/** So much before a place is looked at for the beginning of its line. */
const LINE_START_SEARCH_BYTES = 4096;
const MAX_PIECES = 6;

/** A view of a whole file of any size: it holds some pieces around the reader and loads others as they scroll. */
export interface FileWindow {
  /** The view, to be put into the page. */
  readonly element: HTMLElement;
  /** Shows the line at that byte; `mark`: the text in it to mark. */
  jump(offset: number, mark?: string): Promise<void>;
  /** The byte offset of what is at the top of the view, about. */
  position(): number;
}

interface Piece {
  readonly start: number;
  readonly end: number;
  readonly element: HTMLElement;
}

/** Makes the view of the `size` bytes at `url`. */
export function createFileWindow(url: string, size: number, mode: ViewMode): FileWindow {
  const view = document.createElement('pre');
  view.className = 'view';
  view.tabIndex = 0;
  const slider = document.createElement('input');
  Object.assign(slider, { type: 'range', min: '0', max: '1000', step: 'any', value: '0' });
  slider.setAttribute('aria-label', 'Place in the file');
  const place = document.createElement('span');
  const bar = document.createElement('div');
  bar.className = 'bar';
  bar.append(slider, place);
  const element = document.createElement('div');
  element.append(bar, view);

  let pieces: Piece[] = [];
  let busy = false;
  // A jump makes what is still on its way for an earlier place worthless.
  let turn = 0;

  const aligned = (offset: number) => Math.max(0, offset - (offset % mode.unit));

  async function load(from: number, to: number, cutFirst: boolean, cutLast: boolean): Promise<Piece> {
    const { bytes } = await fetchRange(url, from, Math.min(to, size));
    const first = cutFirst && from > 0 ? mode.alignStart(bytes) : 0;
    const last = cutLast && to < size ? Math.max(first, mode.alignEnd(bytes)) : bytes.length;
    const piece = document.createElement('div');
    piece.innerHTML = mode.html(bytes.subarray(first, last), from + first);
    return { start: from + first, end: from + last, element: piece };
  }

  async function down(): Promise<void> {
    const last = pieces.at(-1);
    if (!last || last.end >= size) return;
    const mine = turn;
    const piece = await load(last.end, last.end + PIECE_BYTES, false, true);
    if (mine !== turn || piece.end <= piece.start) return;
    pieces.push(piece);
    view.append(piece.element);
    while (pieces.length > MAX_PIECES) {
      const gone = pieces.shift();
      const height = gone?.element.offsetHeight ?? 0;
      gone?.element.remove();
      view.scrollTop -= height;
    }
  }

  async function up(): Promise<void> {
    const first = pieces[0];
    if (!first || first.start <= 0) return;
    const mine = turn;
    const from = aligned(first.start - PIECE_BYTES);
    const { bytes } = await fetchRange(url, from, first.start);
    if (mine !== turn) return;
    const cut = from > 0 ? mode.alignStart(bytes) : 0;
    const piece = { start: from + cut, end: first.start, element: document.createElement('div') };
    piece.element.innerHTML = mode.html(bytes.subarray(cut), piece.start);
    pieces.unshift(piece);
    view.prepend(piece.element);
    view.scrollTop += piece.element.offsetHeight;
    while (pieces.length > MAX_PIECES) pieces.pop()?.element.remove();
  }

  function position(): number {
    const top = view.scrollTop;
    for (const piece of pieces) {
      const above = piece.element.offsetTop - view.offsetTop;
      const height = piece.element.offsetHeight;
      if (above + height > top)
        return piece.start + ((piece.end - piece.start) * Math.max(0, top - above)) / (height || 1);
    }
    return 0;
  }

  function say(): void {
    const at = Math.round(position());
    if (document.activeElement !== slider) slider.value = String((at / size) * 1000);
    place.textContent = `byte ${count(at)} · ${((at / size) * 100).toFixed(1)} %`;
  }

  async function fill(): Promise<void> {
    if (busy) return;
    busy = true;
    try {
      for (let i = 0; i < MAX_PIECES; i++) {
        const before = turn;
        const below = view.scrollHeight - view.scrollTop - view.clientHeight;
        const more = below < view.clientHeight && (pieces.at(-1)?.end ?? size) < size;
        if (more) await down();
        else if (view.scrollTop < view.clientHeight && (pieces[0]?.start ?? 0) > 0) await up();
        else break;
        if (before !== turn) break;
      }
    } catch (error) {
      place.textContent = `Could not load: ${error instanceof Error ? error.message : error}`;
    } finally {
      busy = false;
    }
  }

  async function jump(offset: number, mark?: string): Promise<void> {
    const mine = ++turn;
    const target = Math.max(0, Math.min(offset, size - 1));
    const from = aligned(target - LINE_START_SEARCH_BYTES);
    const before = (await fetchRange(url, from, target)).bytes;
    const start = from + mode.alignEnd(before);
    const piece = await load(start, start + PIECE_BYTES, false, true);
    if (mine !== turn) return;
    pieces = [piece];
    view.replaceChildren(piece.element);
    view.scrollTop = 0;
    const marked = mark && markFirst(piece.element, mark);
    if (marked) view.scrollTop = Math.max(0, marked.offsetTop - view.offsetTop - view.clientHeight / 3);
    await fill();
    say();
  }

  view.addEventListener('scroll', () => {
    say();
    void fill();
  });
  let timer: ReturnType<typeof setTimeout> | undefined;
  slider.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(() => void jump((Number(slider.value) / 1000) * size).catch(() => {}), 60);
  });
  slider.addEventListener('change', () => slider.blur());
  return { element, jump, position };
}
