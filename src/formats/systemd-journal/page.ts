import { readEnds } from '../../node/kit/text/file-ends.ts';
import type { RenderInput, RenderOutput } from '../../shared/format.ts';
import { escapeHtml, page } from '../../shared/kit/page/shell.ts';
import { takeWithin } from '../../shared/kit/page/take-within.ts';
import { count, plural, size } from '../../shared/kit/text/numbers.ts';
import { entryHtml, entryOf, LEVELS, STYLE } from './shared/entry.ts';

/** The bytes that are read. An entry has one or two kilobytes, of which the page shows about a tenth. */
const LIMITS = { whole: 768 * 1024, head: 64 * 1024, tail: 160 * 1024 };
const HTML_LIMIT = 180 * 1024;

const PAGE_STYLE = `${STYLE}
#entries{max-height:540px;overflow:auto;border:1px solid var(--line);border-radius:6px;padding:4px 0;overflow-anchor:none}.alone #entries{max-height:calc(100vh - 90px)}.gap{margin:4px 8px;padding:4px 10px;border:1px dashed var(--line);border-radius:6px;color:var(--dim);font-size:12.5px}`;

/** Writes the page: all entries of a short journal, the first and last of a long one, the last of a growing one. */
export async function journalPage(input: RenderInput, output: RenderOutput): Promise<void> {
  const ends = readEnds(input.path, LIMITS);
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  const isComplete = ends.tail.length === 0;
  const headEnd = isComplete && !input.open ? ends.head.length : ends.head.lastIndexOf(10) + 1;
  const first = rowsOf(decode(ends.head.subarray(0, headEnd)), 1);
  const tail = ends.tail.subarray(ends.tail.indexOf(10) + 1);
  const tailEnd = input.open ? tail.lastIndexOf(10) + 1 : tail.length;
  const last = rowsOf(decode(tail.subarray(0, tailEnd)), undefined);
  const invalid = first.invalid + last.invalid;
  const total = first.rows.length + last.rows.length;
  const { begin, end, cut } = rowsWithinLimit(first.rows, last.rows, isComplete, input.open);
  const readEnd = isComplete ? headEnd : ends.size - tail.length + tailEnd;
  const firstInvalidText = first.firstInvalid ? `, the first of them line ${count(first.firstInvalid)}` : '';
  const notes = [
    ...(ends.size === 0 && !input.open ? ['The file is empty.'] : []),
    ...(invalid > 0 ? [`Lines that are not journal entries: ${count(invalid)}${firstInvalidText}.`] : []),
  ];
  const notesHtml = notes.map((note) => `<p class="note">${escapeHtml(note)}</p>`).join('');
  const gapHtml = cut ? '<div class="gap">Entries are left out here.</div>' : '';
  const rowsHtml = begin.join('') + gapHtml + end.join('');
  await output.page(
    page({
      title: input.title ?? input.name,
      style: PAGE_STYLE,
      body: `${barHtml(cut ? size(ends.size) : plural(total, 'entry'), cut, input.open)}
${notesHtml}<div id="entries" tabindex="0" role="log" aria-label="Entries">${rowsHtml}</div>`,
      data: { source: input.source, ...(input.open && { open: String(readEnd) }) },
      scripts: [output.asset('systemd-journal.js')],
    }),
  );
}

/** The bar above the entries: their number or size, the state of a growing file, and the filters. */
function barHtml(info: string, isCut: boolean, isOpen: boolean): string {
  const state = `<span id="state" role="status">${isOpen ? 'Still growing.' : ''}</span>`;
  const options = LEVELS.map((level, i) => {
    if (i === LEVELS.length - 1) return `<option value="${i}" selected>All levels</option>`;
    return `<option value="${i}">${level}${i > 0 ? ' and worse' : ''}</option>`;
  });
  const select = `<select id="level" aria-label="Level">${options.join('')}</select>`;
  const filter = '<input id="find" type="search" placeholder="Filter entries" aria-label="Filter entries">';
  const button = isCut && !isOpen ? '<button type="button" id="show-all">All entries</button>' : '';
  const note = `<span class="note"><span id="info">${info}</span> · UTC ${state}</span>`;
  return `<div class="bar">${note}${select}${filter}${button}</div>`;
}

/** The first and last rows that fit into the page; of a growing journal only the last. */
function rowsWithinLimit(
  first: readonly string[],
  last: readonly string[],
  isComplete: boolean,
  open: boolean,
): { begin: string[]; end: string[]; cut: boolean } {
  const size = [...first, ...last].reduce((sum, row) => sum + row.length, 0);
  if (size <= HTML_LIMIT && (isComplete || !open)) return { begin: [...first], end: [...last], cut: !isComplete };
  const begin = open ? [] : takeWithin(first, HTML_LIMIT / 3);
  const following = isComplete ? first.slice(begin.length) : last;
  return { begin, end: takeWithin([...following].reverse(), (HTML_LIMIT * 2) / 3).reverse(), cut: true };
}

/** Parses the entries of a text. `firstLine`: the number of its first line, if known. */
function rowsOf(
  text: string,
  firstLine: number | undefined,
): { rows: string[]; invalid: number; firstInvalid: number } {
  const rows: string[] = [];
  let [invalid, firstInvalid] = [0, 0];
  text.split('\n').forEach((row, i) => {
    if (row.trim() === '') return;
    const entry = entryOf(row);
    if (entry) rows.push(entryHtml(entry));
    else if (invalid++ === 0 && firstLine !== undefined) firstInvalid = i + firstLine;
  });
  return { rows, invalid, firstInvalid };
}
