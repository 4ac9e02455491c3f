/** Script of a journal's page: filters by level and text, loads all entries, and adds new ones of a growing file. */
import { anyCase } from '../../shared/case.ts';
import { chunksOf, fetchFile } from '../../shared/kit/ranges/fetch-range.ts';
import { count, plural } from '../../shared/kit/text/numbers.ts';
import { elementById } from '../../web/kit/dom/element.ts';
import { readGrowing } from '../../web/kit/text/read-growing-file.ts';
import { entryHtml, entryOf } from './shared/entry.ts';

/** Largest number of entries in the document. */
const MAX_ENTRIES = 20_000;
/** Longest incomplete line that is buffered, characters. */
const MAX_LINE = 10_000_000;

const list = elementById('entries');
if (list) start(list);

/** Converts consecutive parts of a journal to the HTML of its entries. An incomplete last line is buffered. */
interface EntryParser {
  push(text: string): string;
  /** Returns the entry in the buffered line, if any. */
  end(): string;
  /** Discards the buffered line. */
  reset(): void;
}

function createEntryParser(): EntryParser {
  let incompleteLine = '';
  const htmlOf = (lines: readonly string[]): string =>
    lines
      .flatMap((line) => {
        const entry = line.trim() === '' ? undefined : entryOf(line);
        return entry ? [entryHtml(entry)] : [];
      })
      .join('');
  return {
    push(text) {
      const lines = (incompleteLine + text).split('\n');
      incompleteLine = lines.pop() ?? '';
      if (incompleteLine.length > MAX_LINE) incompleteLine = '';
      return htmlOf(lines);
    },
    end() {
      const lastLine = incompleteLine;
      incompleteLine = '';
      return htmlOf([lastLine]);
    },
    reset() {
      incompleteLine = '';
    },
  };
}

function setText(id: string, text: string): void {
  const element = elementById(id);
  if (element) element.textContent = text;
}

function start(entries: HTMLElement): void {
  const url = new URL(document.body.dataset.source ?? '', document.baseURI).href;
  const level = elementById('level') as HTMLSelectElement;
  const find = elementById('find') as HTMLInputElement;
  /** The offset from which a growing file is followed; undefined for a complete file. */
  const { open: growingFrom } = document.body.dataset;
  const parser = createEntryParser();
  let pattern = anyCase(find.value);

  function isVisible(row: Element): boolean {
    const entryLevel = Number(/\bl(\d)\b/.exec(row.className)?.[1] ?? 0);
    return entryLevel <= Number(level.value) && pattern.test(row.textContent ?? '');
  }

  function filter(): void {
    pattern = anyCase(find.value);
    for (const row of entries.querySelectorAll<HTMLElement>('.entry')) row.hidden = !isVisible(row);
  }

  function add(html: string): void {
    if (html === '') return;
    const isAtEnd = entries.scrollTop + entries.clientHeight >= entries.scrollHeight - 24;
    const previousLast = entries.lastElementChild;
    entries.insertAdjacentHTML('beforeend', html);
    let row = previousLast ? previousLast.nextElementSibling : entries.firstElementChild;
    for (; row; row = row.nextElementSibling) (row as HTMLElement).hidden = !isVisible(row);
    while (growingFrom !== undefined && entries.childElementCount > MAX_ENTRIES) entries.firstElementChild?.remove();
    if (isAtEnd) entries.scrollTop = entries.scrollHeight;
    setText('info', plural(entries.querySelectorAll('.entry').length, 'entry'));
  }

  async function loadAll(): Promise<void> {
    const response = await fetchFile(url);
    entries.replaceChildren();
    const decoder = new TextDecoder();
    for await (const chunk of chunksOf(response)) {
      add(parser.push(decoder.decode(chunk, { stream: true })));
      if (entries.childElementCount >= MAX_ENTRIES) {
        setText('state', `The first ${count(MAX_ENTRIES)} are shown.`);
        return;
      }
    }
    add(parser.end());
    entries.scrollTop = 0;
  }

  function follow(from: number): void {
    entries.scrollTop = entries.scrollHeight;
    const decoder = new TextDecoder();
    readGrowing({
      url,
      from,
      onBytes: (bytes) => add(parser.push(decoder.decode(bytes, { stream: true }))),
      onSkip: parser.reset,
      onState: (state) => setText('state', state),
    });
  }

  level.addEventListener('change', filter);
  find.addEventListener('input', filter);
  elementById('show-all')?.addEventListener('click', (event) => {
    (event.currentTarget as HTMLElement).hidden = true;
    loadAll().catch((error: unknown) =>
      setText('state', `Could not load: ${error instanceof Error ? error.message : error}`),
    );
  });
  if (growingFrom !== undefined) follow(Number(growingFrom));
}
