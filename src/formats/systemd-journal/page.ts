import { readEnds } from '../../node/kit/text/file-ends.ts';
import type { RenderInput, RenderOutput } from '../../shared/format.ts';
import { escapeHtml, page } from '../../shared/kit/page/shell.ts';
import { takeWithin } from '../../shared/kit/page/take-within.ts';
import { count, plural, size } from '../../shared/kit/text/numbers.ts';
import { entryHtml, entryOf, LEVELS, STYLE } from './shared/entry.ts';

/** Entries have a kilobyte or two, of which the page shows a tenth. */
const LIMITS = { whole: 768 * 1024, head: 64 * 1024, tail: 160 * 1024 };
const HTML_LIMIT = 180 * 1024;

const PAGE_STYLE = `${STYLE}
#entries{max-height:540px;overflow:auto;border:1px solid var(--line);border-radius:6px;padding:4px 0;overflow-anchor:none}.alone #entries{max-height:calc(100vh - 90px)}.gap{margin:4px 8px;padding:4px 10px;border:1px dashed var(--line);border-radius:6px;color:var(--dim);font-size:12.5px}`;

/** Writes the page of a journal: all entries of a short one, else the first and the last; the last of one that grows. */
export async function journalPage(input: RenderInput, output: RenderOutput): Promise<void> {
  const ends = readEnds(input.path, LIMITS);
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  const whole = ends.tail.length === 0;
  const headEnd = whole && !input.open ? ends.head.length : ends.head.lastIndexOf(10) + 1;
  const first = rowsOf(decode(ends.head.subarray(0, headEnd)), 1);
  const tail = ends.tail.subarray(ends.tail.indexOf(10) + 1);
  const tailEnd = input.open ? tail.lastIndexOf(10) + 1 : tail.length;
  const last = rowsOf(decode(tail.subarray(0, tailEnd)), undefined);
  const bad = first.bad + last.bad;
  const total = first.rows.length + last.rows.length;
  const { begin, end, cut } = fitting(first.rows, last.rows, whole, input.open);
  const read = whole ? headEnd : ends.size - tail.length + tailEnd;
  const notes = [
    ...(ends.size === 0 && !input.open ? ['The file is empty.'] : []),
    ...(bad > 0
      ? [
          `Lines that are no entry of a journal: ${count(bad)}${first.firstBad ? `, the first of them line ${count(first.firstBad)}` : ''}.`,
        ]
      : []),
  ];
  await output.page(
    page({
      title: input.title ?? input.name,
      style: PAGE_STYLE,
      body: `<div class="bar"><span class="note"><span id="info">${!cut ? plural(total, 'entry') : size(ends.size)}</span> · UTC <span id="state" role="status">${input.open ? 'Still growing.' : ''}</span></span><select id="level" aria-label="Level">${LEVELS.map((level, i) => `<option value="${i}"${i === 7 ? ' selected' : ''}>${i === 7 ? 'All levels' : `${level}${i > 0 ? ' and worse' : ''}`}</option>`).join('')}</select><input id="find" type="search" placeholder="Filter entries" aria-label="Filter entries">${!cut || input.open ? '' : '<button type="button" id="whole">All entries</button>'}</div>
${notes.map((note) => `<p class="note">${escapeHtml(note)}</p>`).join('')}<div id="entries" tabindex="0" role="log" aria-label="Entries">${begin.join('')}${cut ? '<div class="gap">Entries are left out here.</div>' : ''}${end.join('')}</div>`,
      data: { source: input.source, ...(input.open && { open: String(read) }) },
      scripts: [output.asset('systemd-journal.js')],
    }),
  );
}

/** The first and the last rows that there is room for; of a journal that grows the last ones only. */
function fitting(
  first: readonly string[],
  last: readonly string[],
  whole: boolean,
  open: boolean,
): { begin: string[]; end: string[]; cut: boolean } {
  const size = [...first, ...last].reduce((sum, row) => sum + row.length, 0);
  if (size <= HTML_LIMIT && (whole || !open)) return { begin: [...first], end: [...last], cut: !whole };
  const begin = open ? [] : takeWithin(first, HTML_LIMIT / 3);
  const rest = whole ? first.slice(begin.length) : last;
  return { begin, end: takeWithin([...rest].reverse(), (HTML_LIMIT * 2) / 3).reverse(), cut: true };
}

function rowsOf(text: string, line: number | undefined): { rows: string[]; bad: number; firstBad: number } {
  const rows: string[] = [];
  let [bad, firstBad] = [0, 0];
  text.split('\n').forEach((one, i) => {
    if (one.trim() === '') return;
    const entry = entryOf(one);
    if (entry) rows.push(entryHtml(entry));
    else if (bad++ === 0 && line !== undefined) firstBad = i + line;
  });
  return { rows, bad, firstBad };
}
