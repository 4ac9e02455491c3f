import { readFileSync } from 'node:fs';
import { parseJson } from '../../node/kit/json/parse-json.ts';
import { type FileEnds, readEnds } from '../../node/kit/text/file-ends.ts';
import type { RenderInput, RenderOutput } from '../../shared/format.ts';
import { escapeHtml, page } from '../../shared/kit/page/shell.ts';
import { decode, detectCharset, firstLineStart, lastLineEnd, textHtml } from '../../shared/kit/text/charset.ts';
import { plural, size as sizeOf } from '../../shared/kit/text/numbers.ts';
import type { MetricsFacts } from './shared/facts.ts';
import { toolOf } from './shared/tools.ts';
import { samplesOfJson } from './sysstat-json.ts';

const WHOLE = 160 * 1024;
const HEAD = 8 * 1024;
const HTML_LIMIT = 190 * 1024;
/** Largest JSON file that is read, and largest JSON of samples in the page, bytes. */
const MAX_JSON = 32 * 1024 * 1024;
const MAX_SAMPLES = 90 * 1024;

const STYLE = `.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(420px,100%),1fr));gap:6px 18px}.charts h2{font-size:13px;font-weight:600;margin:6px 0 0}.charts h2 span{color:var(--dim);font-weight:400}.chart{min-width:0}
details{margin-top:8px}#text{max-height:420px;overflow:auto;border:1px solid var(--line);border-radius:6px;padding:6px 10px;margin-top:4px;white-space:pre}`;

/** Writes the page with the tool's output, or the samples of its JSON; the page's script makes the charts. */
export async function metricsPage(input: RenderInput, output: RenderOutput): Promise<void> {
  let limit = WHOLE;
  let content = readContent(input, limit);
  while (content.html.length > HTML_LIMIT && limit > 2048) {
    limit = Math.floor(limit / 2);
    content = readContent(input, limit);
  }
  const { facts, html, notes } = content;
  const isCut = facts.head !== undefined;
  await output.page(
    page({
      title: input.title ?? input.name,
      style: STYLE,
      styles: [output.asset('metrics.css')],
      body: `<div class="bar"><span class="note"><span id="info"></span> <span id="state" role="status">${input.open ? 'Still growing.' : ''}</span></span>${isCut ? '<button type="button" id="show-all">Whole file</button>' : ''}</div>
${notes.map((note) => `<p class="note">${escapeHtml(note)}</p>`).join('')}<div id="charts"></div>
<details id="raw"><summary>Text</summary><pre id="text">
${html}</pre></details><script type="application/json" id="facts">${JSON.stringify(facts).replaceAll('<', '\\u003c')}</script>`,
      scripts: [output.asset('metrics.js')],
    }),
  );
}

interface PageContent {
  readonly facts: MetricsFacts;
  readonly html: string;
  readonly notes: readonly string[];
}

function readContent(input: RenderInput, limit: number): PageContent {
  const ends = readEnds(input.path, { whole: limit, head: Math.min(HEAD, limit / 4), tail: limit * 0.75 });
  const { charset } = detectCharset(ends.head);
  const begin = decode(ends.head, charset);
  const tool = toolOf(begin) ?? 'vmstat';
  const common = { tool, size: ends.size, source: input.source, charset };
  if (tool === 'json') return readJson(input, ends, common);
  const isKnown = ends.size === 0 || input.open || toolOf(begin) !== undefined;
  const notes = isKnown ? [] : ['This does not begin like the output of any known tool.'];
  if (ends.tail.length === 0) {
    const open = input.open ? { open: ends.head.length } : {};
    return { facts: { ...common, ...open }, html: textHtml(begin), notes };
  }
  const head = decode(ends.head.subarray(0, lastLineEnd(ends.head, charset)), charset);
  const tail = decode(ends.tail.subarray(firstLineStart(ends.tail, charset)), charset);
  const open = input.open ? { open: ends.size } : {};
  return {
    facts: { ...common, ...open, head: head.length },
    html: `${textHtml(head)}${textHtml(tail)}`,
    notes: [...notes, `The beginning and the end of ${sizeOf(ends.size)} are shown.`],
  };
}

function readJson(input: RenderInput, ends: FileEnds, common: MetricsFacts): PageContent {
  const html = textHtml(decode(ends.head, 'utf-8'));
  const isCut = ends.tail.length > 0 ? [`The raw text is the beginning of ${sizeOf(ends.size)}.`] : [];
  if (ends.size > MAX_JSON)
    return { facts: common, html, notes: [`JSON is read up to ${sizeOf(MAX_JSON)}; this has ${sizeOf(ends.size)}.`] };
  try {
    const samples = samplesOfJson(parseJson(readFileSync(input.path)));
    let content = samples;
    while (JSON.stringify(content).length > MAX_SAMPLES) content = content.slice(Math.ceil(content.length / 2));
    const omitted = samples.length - content.length;
    const text = html.slice(0, 60 * 1024);
    return {
      facts: { ...common, samples: content },
      html: text,
      notes: [...isCut, ...(omitted > 0 ? [`The first ${plural(omitted, 'sample')} are left out.`] : [])],
    };
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'Error') throw error;
    return { facts: { ...common, samples: [] }, html, notes: [`It cannot be drawn: ${error.message}.`] };
  }
}
