import { unreadablePage } from '../../node/kit/page/unreadable.ts';
import type { RenderInput } from '../../shared/format.ts';
import { escapeHtml, page } from '../../shared/kit/page/shell.ts';
import { count, plural, size } from '../../shared/kit/text/numbers.ts';
import { type Count, type Summary, summarise } from './summary.ts';
import { describePackets } from './tshark.ts';

const MAX_PAIRS = 30;
const MAX_PROTOCOLS = 30;
const MAX_CELL = 300;
const HTML_LIMIT = 150 * 1024;

const STYLE = `h2{font-size:13px;margin:12px 0 4px}.rows{overflow:auto;max-height:420px;border:1px solid var(--line);border-radius:6px;width:fit-content;max-width:100%}.alone .rows{max-height:none}
table{border-collapse:separate;border-spacing:0;font-size:13px;font-variant-numeric:tabular-nums}th,td{padding:1px 10px;text-align:left;white-space:nowrap;border-bottom:1px solid var(--line)}th{position:sticky;top:0;background:var(--soft);font-weight:600}td.n{text-align:right}`;

/**
 * The page of a capture.
 * @param tshark the program that describes packets; by default the one that is installed
 */
export async function pcapPage(input: RenderInput, tshark?: string): Promise<string> {
  const summary = summarise(input.path);
  if (summary.packets === 0 && summary.problem) return unreadablePage(input, summary.problem);
  const descriptions = summary.packets > 0 ? await describePackets(input.path, tshark) : [];
  const { first, last } = summary;
  const seconds = first === undefined || last === undefined ? undefined : last - first;
  const facts = [
    plural(summary.packets, 'packet'),
    size(summary.bytes),
    ...(first === undefined ? [] : [`${timeText(first)} UTC`]),
    ...(seconds === undefined ? [] : [`${seconds < 100 ? seconds.toFixed(3) : count(seconds)} s`]),
    ...(seconds ? [`${size(summary.bytes / seconds)}/s`] : []),
  ];
  const notes = [
    ...(summary.problem && !input.part ? [summary.problem] : []),
    ...(summary.omittedPackets > 0
      ? [`${plural(summary.omittedPackets, 'packet')} of further conversations are counted in the protocols only.`]
      : []),
    ...(descriptions === undefined ? ['Where tshark is installed, the first packets are described here too.'] : []),
  ];
  const notesHtml = notes.map((note) => `<p class="note">${escapeHtml(note)}</p>`).join('');
  return page({
    title: input.title ?? input.name,
    style: STYLE,
    body: [
      `<p class="note" id="facts">${escapeHtml(facts.join(' · '))}</p>${notesHtml}\n`,
      `<h2>Protocols</h2>${countsTable('protocol', summary.protocols.slice(0, MAX_PROTOCOLS))}`,
      conversationsHtml(summary),
      descriptions && descriptions.length > 0 ? packetsTable(descriptions, summary.packets) : '',
    ].join(''),
  });
}

/** The largest conversations, or nothing if the capture has none. */
function conversationsHtml({ pairs }: Summary): string {
  if (pairs.length === 0) return '';
  const limitText = pairs.length > MAX_PAIRS ? `, the ${MAX_PAIRS} largest of ${count(pairs.length)}` : '';
  return `<h2>Conversations${limitText}</h2>${countsTable('addresses', pairs.slice(0, MAX_PAIRS))}`;
}

function countsTable(heading: string, rows: readonly (readonly [string, Count])[]): string {
  const body = rows
    .map(
      ([name, { packets, bytes }]) =>
        `<tr><td>${escapeHtml(name)}<td class="n">${count(packets)}<td class="n">${size(bytes)}`,
    )
    .join('');
  return `<div class="rows"><table><thead><tr><th scope="col">${heading}<th scope="col">packets<th scope="col">size</thead><tbody>${body}</table></div>`;
}

function packetsTable(rows: readonly string[][], total: number): string {
  let html = '';
  let shown = 0;
  for (const cells of rows) {
    const row = cells
      .map((cell, i) => `<td${i < 2 || i === 5 ? ' class="n"' : ''}>${escapeHtml(cell.slice(0, MAX_CELL))}`)
      .join('');
    if (html.length + row.length > HTML_LIMIT) break;
    html += `<tr>${row}`;
    shown++;
  }
  const heads = ['', 'seconds', 'from', 'to', 'protocol', 'bytes', 'description']
    .map((head) => `<th scope="col">${head}`)
    .join('');
  return `<h2>Packets${shown < total ? `, the first ${count(shown)}` : ''}, by tshark</h2><div class="rows"><table><thead><tr>${heads}</thead><tbody>${html}</table></div>`;
}

function timeText(seconds: number): string {
  const time = new Date(seconds * 1000);
  return Number.isNaN(time.getTime()) ? '' : time.toISOString().slice(0, 19).replace('T', ' ');
}
