import { fetchRange } from '../../../shared/kit/ranges/fetch-range.ts';
import { count } from '../../../shared/kit/text/numbers.ts';
import type { ViewMode } from '../../../shared/kit/text/view-mode.ts';
import { markFirst } from '../dom/mark-first.ts';

const PIECE_BYTES = 64 * 1024;
/** The beginning of a line is searched for in this many bytes before the target. */
const LINE_START_SEARCH_BYTES = 4096;
const MAX_PIECES = 6;

/** A scrollable view of a file of any size. It keeps a few pieces around the visible part and loads others on demand. */
export interface FileWindow {
  /** The view, to be put into the page. */
  readonly element: HTMLElement;
  /** Shows the line at a byte offset, with the first occurrence of `mark` in it highlighted. */
  jump(offset: number, mark?: string): Promise<void>;
  /** The approximate byte offset of the top of the view. */
  position(): number;
}

/** A loaded part of the file: bytes `start` to before `end`. */
interface Piece {
  readonly start: number;
  readonly end: number;
  readonly element: HTMLElement;
}

/** Creates a view of the `size` bytes at `url`. */
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
  let isFilling = false;
  /** Number of jumps so far. A response for an earlier position is dropped. */
  let jumps = 0;

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
    const ownJump = jumps;
    const piece = await load(last.end, last.end + PIECE_BYTES, false, true);
    if (ownJump !== jumps || piece.end <= piece.start) return;
    pieces.push(piece);
    view.append(piece.element);
    while (pieces.length > MAX_PIECES) {
      const removed = pieces.shift();
      const height = removed?.element.offsetHeight ?? 0;
      removed?.element.remove();
      view.scrollTop -= height;
    }
  }

  async function up(): Promise<void> {
    const first = pieces[0];
    if (!first || first.start <= 0) return;
    const ownJump = jumps;
    const from = aligned(first.start - PIECE_BYTES);
    const { bytes } = await fetchRange(url, from, first.start);
    if (ownJump !== jumps) return;
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

  function showPosition(): void {
    const at = Math.round(position());
    if (document.activeElement !== slider) slider.value = String((at / size) * 1000);
    place.textContent = `byte ${count(at)} · ${((at / size) * 100).toFixed(1)} %`;
  }

  async function fill(): Promise<void> {
    if (isFilling) return;
    isFilling = true;
    try {
      for (let i = 0; i < MAX_PIECES; i++) {
        const before = jumps;
        const below = view.scrollHeight - view.scrollTop - view.clientHeight;
        const more = below < view.clientHeight && (pieces.at(-1)?.end ?? size) < size;
        if (more) await down();
        else if (view.scrollTop < view.clientHeight && (pieces[0]?.start ?? 0) > 0) await up();
        else break;
        if (before !== jumps) break;
      }
    } catch (error) {
      place.textContent = `Could not load: ${error instanceof Error ? error.message : error}`;
    } finally {
      isFilling = false;
    }
  }

  async function jump(offset: number, mark?: string): Promise<void> {
    const ownJump = ++jumps;
    const target = Math.max(0, Math.min(offset, size - 1));
    const from = aligned(target - LINE_START_SEARCH_BYTES);
    const before = (await fetchRange(url, from, target)).bytes;
    const start = from + mode.alignEnd(before);
    const piece = await load(start, start + PIECE_BYTES, false, true);
    if (ownJump !== jumps) return;
    pieces = [piece];
    view.replaceChildren(piece.element);
    view.scrollTop = 0;
    const marked = mark && markFirst(piece.element, mark);
    if (marked) view.scrollTop = Math.max(0, marked.offsetTop - view.offsetTop - view.clientHeight / 3);
    await fill();
    showPosition();
  }

  view.addEventListener('scroll', () => {
    showPosition();
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
