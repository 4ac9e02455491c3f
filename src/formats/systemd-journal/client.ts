/** The script of a journal's page: levels, a filter, all entries of a long one, and new ones of one that grows. */
import { anyCase } from '../../shared/case.ts';
import { chunksOf, fetchFile } from '../../shared/kit/ranges/fetch-range.ts';
import { count, plural } from '../../shared/kit/text/numbers.ts';
import { readGrowing } from '../../web/kit/text/read-growing-file.ts';
import { entryHtml, entryOf } from './shared/entry.ts';

/** Entries in the document. */
const MAX_ENTRIES = 20_000;
/** Characters of a line that has not ended yet; a longer one is no entry. */
const MAX_LINE = 10_000_000;

const at = (id: string) => document.getElementById(id);
const list = at('entries');
if (list) start(list);

function start(entries: HTMLElement): void {
  const url = new URL(document.body.dataset.source ?? '', document.baseURI).href;
  const level = at('level') as HTMLSelectElement;
  const find = at('find') as HTMLInputElement;
  const say = (id: string, text: string) => {
    const place = at(id);
    if (place) place.textContent = text;
  };
  const { open } = document.body.dataset;
  let rest = '';
  let wanted = anyCase(find.value);

  function isWanted(row: Element): boolean {
    const own = Number(/\bl(\d)\b/.exec(row.className)?.[1] ?? 0);
    return own <= Number(level.value) && wanted.test(row.textContent ?? '');
  }

  function filter(): void {
    wanted = anyCase(find.value);
    for (const row of entries.querySelectorAll<HTMLElement>('.entry')) row.hidden = !isWanted(row);
  }

  /** Entries in the next piece of the file, as HTML. */
  function htmlOf(piece: string, last = false): string {
    const lines = (rest + piece).split('\n');
    rest = last ? '' : (lines.pop() ?? '');
    if (rest.length > MAX_LINE) rest = '';
    return lines
      .flatMap((line) => {
        const entry = line.trim() === '' ? undefined : entryOf(line);
        return entry ? [entryHtml(entry)] : [];
      })
      .join('');
  }

  function add(html: string): void {
    if (html === '') return;
    const atEnd = entries.scrollTop + entries.clientHeight >= entries.scrollHeight - 24;
    const before = entries.lastElementChild;
    entries.insertAdjacentHTML('beforeend', html);
    for (let row = before ? before.nextElementSibling : entries.firstElementChild; row; row = row.nextElementSibling)
      (row as HTMLElement).hidden = !isWanted(row);
    while (open !== undefined && entries.childElementCount > MAX_ENTRIES) entries.firstElementChild?.remove();
    if (atEnd) entries.scrollTop = entries.scrollHeight;
    say('info', plural(entries.querySelectorAll('.entry').length, 'entry'));
  }

  async function loadWhole(): Promise<void> {
    const response = await fetchFile(url);
    entries.replaceChildren();
    const decoder = new TextDecoder();
    for await (const chunk of chunksOf(response)) {
      add(htmlOf(decoder.decode(chunk, { stream: true })));
      if (entries.childElementCount >= MAX_ENTRIES) {
        say('state', `The first ${count(MAX_ENTRIES)} are shown.`);
        return;
      }
    }
    add(htmlOf('', true));
    entries.scrollTop = 0;
  }

  level.addEventListener('change', filter);
  find.addEventListener('input', filter);
  at('whole')?.addEventListener('click', (event) => {
    (event.currentTarget as HTMLElement).hidden = true;
    loadWhole().catch((error: unknown) =>
      say('state', `Could not load: ${error instanceof Error ? error.message : error}`),
    );
  });
  if (open === undefined) return;
  entries.scrollTop = entries.scrollHeight;
  const decoder = new TextDecoder();
  readGrowing({
    url,
    from: Number(open),
    onBytes: (bytes) => add(htmlOf(decoder.decode(bytes, { stream: true }))),
    onSkip: () => {
      rest = '';
    },
    onState: (state) => say('state', state),
  });
}
