import { fetchRange } from '../../../shared/kit/ranges/fetch-range.ts';
import type { Charset } from '../../../shared/kit/text/charset.ts';
import { plural, size as sizeOf } from '../../../shared/kit/text/numbers.ts';
import type { ViewMode } from '../../../shared/kit/text/view-mode.ts';
import { elementById } from '../dom/element.ts';
import { createFileWindow, type FileWindow } from './file-window.ts';
import { filterLogLines } from './filter-log.ts';
import { countLines, findText } from './search-file.ts';

/** Bytes that the buttons in the gap load at a time. */
const MORE = 128 * 1024;
/** The value of the level filter that shows all lines. */
const ALL_LEVELS = 'd';

export interface LargeFileOptions {
  readonly url: string;
  /** Size of the file, bytes. */
  readonly size: number;
  readonly charset: Charset;
  readonly mode: ViewMode;
  /** The page has the bytes before `head` and those from `tail` on. */
  readonly head: number;
  readonly tail: number;
}

/** The page of a file of which it has the beginning and the end: loads the rest, searches and filters it. */
export class LargeFile {
  #file: LargeFileOptions;
  #head: number;
  #tail: number;
  /** The view of the complete file, once it was opened. */
  #view: FileWindow | undefined;
  /** The numbers of the latest level filter and search. Earlier ones stop when a later one has begun. */
  #filterNumber = 0;
  #searchNumber = 0;
  #lastFound: { readonly text: string; readonly offset: number } | undefined;

  constructor(file: LargeFileOptions) {
    this.#file = file;
    this.#head = file.head;
    this.#tail = file.tail;
  }

  /** Connects the page's buttons and fields. */
  listen(): void {
    const showError = (error: unknown) => showNote(`Could not load: ${error instanceof Error ? error.message : error}`);
    const onClick = (id: string, action: () => Promise<unknown>) =>
      elementById(id)?.addEventListener('click', () => {
        action().catch(showError);
      });
    onClick('down', () => this.#loadAtHead());
    onClick('up', () => this.#loadAtTail());
    onClick('show-all', () => this.#openView().jump(0));
    onClick('count', () => this.#countLines());
    elementById('level')?.addEventListener('change', (event) => {
      this.#filterByLevel((event.target as HTMLSelectElement).value).catch(showError);
    });
    elementById('find')?.addEventListener('keydown', (event) => {
      if (event.key === 'Enter') this.#find((event.target as HTMLInputElement).value).catch(showError);
      else if (event.key === 'Escape') this.#searchNumber++;
    });
  }

  /** Loads the first bytes of the gap. */
  async #loadAtHead(): Promise<void> {
    const { url, mode } = this.#file;
    const from = this.#head;
    const to = Math.min(this.#tail, from + MORE);
    const { bytes } = await fetchRange(url, from, to);
    const end = to < this.#tail ? mode.alignEnd(bytes) : bytes.length;
    elementById('head')?.append(this.#piece(bytes.subarray(0, end), from));
    this.#head = from + end;
    this.#updateGap();
  }

  /** Loads the last bytes of the gap. */
  async #loadAtTail(): Promise<void> {
    const { url, mode } = this.#file;
    const from = Math.max(this.#head, this.#tail - MORE - ((this.#tail - MORE) % mode.unit));
    const { bytes } = await fetchRange(url, from, this.#tail);
    const begin = from > this.#head ? mode.alignStart(bytes) : 0;
    // Text is inserted below the button, which keeps its position.
    elementById('tail')?.prepend(this.#piece(bytes.subarray(begin), from + begin));
    this.#tail = from + begin;
    this.#updateGap();
  }

  #piece(bytes: Uint8Array, offset: number): HTMLElement {
    const piece = document.createElement('span');
    piece.innerHTML = this.#file.mode.html(bytes, offset);
    return piece;
  }

  #updateGap(): void {
    const left = elementById('left');
    if (left) left.textContent = `${sizeOf(this.#tail - this.#head)} left out`;
    if (this.#head >= this.#tail) elementById('gap')?.remove();
  }

  /** Replaces both ends by a view of the complete file. */
  #openView(): FileWindow {
    if (this.#view) return this.#view;
    const { url, size, mode } = this.#file;
    this.#view = createFileWindow(url, size, mode);
    elementById('ends')?.replaceWith(this.#view.element);
    elementById('show-all')?.remove();
    return this.#view;
  }

  /** Shows the lines of the complete file with at least this level. */
  async #filterByLevel(level: string): Promise<void> {
    const { url, charset, size } = this.#file;
    const number = ++this.#filterNumber;
    elementById('chosen')?.remove();
    const ends = elementById('ends') ?? this.#view?.element;
    if (!ends) return;
    ends.hidden = level !== ALL_LEVELS;
    if (level === ALL_LEVELS) return showNote('');
    const list = document.createElement('pre');
    Object.assign(list, { id: 'chosen', className: 'view', tabIndex: 0 });
    ends.before(list);
    const { lines, isComplete } = await filterLogLines(url, charset, level, (html, lineCount, bytes) => {
      if (number !== this.#filterNumber) return false;
      list.insertAdjacentHTML('beforeend', html);
      showNote(`${plural(lineCount, 'line')} in ${sizeOf(bytes)} of ${sizeOf(size)}…`);
      return true;
    });
    if (number === this.#filterNumber) showNote(`${isComplete ? '' : 'the first '}${plural(lines, 'line')}`);
  }

  async #countLines(): Promise<void> {
    const { url, charset } = this.#file;
    const lines = await countLines(url, charset, (count, bytes) =>
      showLineCount(`, ${plural(count, 'line')} in ${sizeOf(bytes)}…`),
    );
    showLineCount(`, ${plural(lines, 'line')}`);
    elementById('count')?.remove();
  }

  /** Searches the complete file, from the place in view or behind the last hit. */
  async #find(text: string): Promise<void> {
    const { url, size, charset, mode } = this.#file;
    const number = ++this.#searchNumber;
    if (!text) return;
    // The search covers all lines, so the level filter is reset.
    const level = elementById<HTMLSelectElement>('level');
    if (level && level.value !== ALL_LEVELS) {
      level.value = ALL_LEVELS;
      await this.#filterByLevel(ALL_LEVELS);
    }
    const view = this.#openView();
    const from = this.#lastFound?.text === text ? this.#lastFound.offset + 1 : Math.floor(view.position());
    // Begin at a multiple of the code unit.
    const start = from + (from % mode.unit);
    const offset = await findText(url, size, text, start, charset, (place) => {
      showNote(`searching, ${((place / size) * 100).toFixed(0)} %`);
      return number === this.#searchNumber;
    });
    if (number !== this.#searchNumber) return;
    showNote(offset === undefined ? 'not found' : '');
    this.#lastFound = offset === undefined ? undefined : { text, offset };
    if (offset !== undefined) await view.jump(offset, text);
  }
}

function showLineCount(text: string): void {
  const lines = elementById('lines');
  if (lines) lines.textContent = text;
}

/** Shows a note beside the search field. */
function showNote(text: string): void {
  const field = elementById('find');
  if (field) field.title = text;
  const note =
    elementById('found') ??
    field?.insertAdjacentElement('afterend', Object.assign(document.createElement('span'), { id: 'found' }));
  if (note) note.textContent = text;
}
