/** The script of large and growing texts, terminal output and hex dumps: loads the rest of the file on demand. */

import { fetchRange } from '../../../shared/kit/ranges/fetch-range.ts';
import { type Charset, textHtml } from '../../../shared/kit/text/charset.ts';
import { logHighlighter } from '../../../shared/kit/text/log-html.ts';
import { plural, size as sizeOf } from '../../../shared/kit/text/numbers.ts';
import { type ViewModeName, viewMode } from '../../../shared/kit/text/view-mode.ts';
import { createFileWindow, type FileWindow } from './file-window.ts';
import { filterLogLines } from './filter-log.ts';
import { follow } from './follow.ts';
import { countLines, findText } from './search-file.ts';

const MORE = 128 * 1024;
const data = document.body.dataset;
const url = new URL(data.source ?? '', document.baseURI).href;
const size = Number(data.size);
const charset = (data.charset ?? 'utf-8') as Charset;
const mode = viewMode((data.mode ?? 'text') as ViewModeName, charset);
const at = (id: string) => document.getElementById(id);

if (data.open) {
  const paint = data.mode === 'log' ? logHighlighter() : textHtml;
  follow({ url, from: Number(data.from), end: Number(data.end), charset, ansi: data.mode === 'ansi', paint });
} else if (at('ends')) largeFile();

function largeFile(): void {
  let head = Number(data.head);
  let tail = Number(data.tail);
  let view: FileWindow | undefined;

  /** Loads a piece of the gap at its upper end (`down`) or its lower end. */
  async function loadMore(down: boolean): Promise<void> {
    const from = down ? head : Math.max(head, tail - MORE - ((tail - MORE) % mode.unit));
    const to = down ? Math.min(tail, head + MORE) : tail;
    const { bytes } = await fetchRange(url, from, to);
    const first = !down && from > head ? mode.alignStart(bytes) : 0;
    const last = down && to < tail ? mode.alignEnd(bytes) : bytes.length;
    const piece = document.createElement('span');
    piece.innerHTML = mode.html(bytes.subarray(first, last), from + first);
    if (down) {
      at('head')?.append(piece);
      head = from + last;
    } else {
      // Text is inserted below the button, which keeps its position.
      at('tail')?.prepend(piece);
      tail = from + first;
    }
    const left = at('left');
    if (left) left.textContent = `${sizeOf(tail - head)} left out`;
    if (head >= tail) at('gap')?.remove();
  }

  function openWhole(): FileWindow {
    if (view) return view;
    view = createFileWindow(url, size, mode);
    at('ends')?.replaceWith(view.element);
    at('show-all')?.remove();
    return view;
  }

  /** Identifies the latest scan: earlier ones stop when it changes. */
  let scan = 0;
  /** Shows the lines of the whole file with at least that level; `d` shows the file again. */
  async function choose(level: string): Promise<void> {
    const ownScan = ++scan;
    at('chosen')?.remove();
    const ends = at('ends') ?? view?.element;
    if (!ends) return;
    ends.hidden = level !== 'd';
    if (level === 'd') return showNote('');
    const list = document.createElement('pre');
    Object.assign(list, { id: 'chosen', className: 'view', tabIndex: 0 });
    ends.before(list);
    const found = await filterLogLines(url, charset, level, (html, lines, bytes) => {
      if (ownScan !== scan) return false;
      list.insertAdjacentHTML('beforeend', html);
      showNote(`${plural(lines, 'line')} in ${sizeOf(bytes)} of ${sizeOf(size)}…`);
      return true;
    });
    if (ownScan === scan)
      showNote(found.whole ? plural(found.lines, 'line') : `the first ${plural(found.lines, 'line')}`);
  }

  async function count(): Promise<void> {
    const lines = await countLines(url, charset, (n, bytes) =>
      showLineCount(`, ${plural(n, 'line')} in ${sizeOf(bytes)}…`),
    );
    showLineCount(`, ${plural(lines, 'line')}`);
    at('count')?.remove();
  }

  let search = 0;
  let found: { text: string; offset: number } | undefined;
  async function find(text: string): Promise<void> {
    const ownSearch = ++search;
    if (!text) return;
    // The search covers the whole file, so the level filter is reset.
    const level = at('level') as HTMLSelectElement | null;
    if (level && level.value !== 'd') {
      level.value = 'd';
      await choose('d');
    }
    const opened = openWhole();
    const from = found?.text === text ? found.offset + 1 : Math.floor(opened.position());
    // Begin at a multiple of the code unit.
    const start = from + (from % mode.unit);
    const offset = await findText(url, size, text, start, charset, (place) => {
      showNote(`searching, ${((place / size) * 100).toFixed(0)} %`);
      return ownSearch === search;
    });
    if (ownSearch !== search) return;
    showNote(offset === undefined ? 'not found' : '');
    found = offset === undefined ? undefined : { text, offset };
    if (offset !== undefined) await opened.jump(offset, text);
  }

  function showLineCount(text: string): void {
    const lines = at('lines');
    if (lines) lines.textContent = text;
  }
  function showNote(text: string): void {
    const box = at('find');
    if (box) box.title = text;
    const out =
      at('found') ??
      box?.insertAdjacentElement('afterend', Object.assign(document.createElement('span'), { id: 'found' }));
    if (out) out.textContent = text;
  }
  const showError = (error: unknown) => showNote(`Could not load: ${error instanceof Error ? error.message : error}`);
  const click = (id: string, action: () => unknown) =>
    at(id)?.addEventListener('click', () => {
      Promise.resolve(action()).catch(showError);
    });

  at('level')?.addEventListener('change', (event) => {
    choose((event.target as HTMLSelectElement).value).catch(showError);
  });
  click('down', () => loadMore(true));
  click('up', () => loadMore(false));
  click('show-all', () => openWhole().jump(0));
  click('count', count);
  at('find')?.addEventListener('keydown', (event) => {
    const input = event.target as HTMLInputElement;
    if (event.key === 'Enter') find(input.value).catch(showError);
    else if (event.key === 'Escape') search++;
  });
}
