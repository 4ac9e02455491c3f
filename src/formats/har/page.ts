import { readFileSync, statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eachObject } from '../../node/kit/json/each-object.ts';
import { parseJson } from '../../node/kit/json/parse-json.ts';
import type { RenderInput, RenderOutput } from '../../shared/format.ts';
import { escapeHtml, page } from '../../shared/kit/page/shell.ts';
import { count, plural, size } from '../../shared/kit/text/numbers.ts';
import { readEntries, readHar } from './read.ts';
import type { DetailedRequest, HarFacts, Request } from './shared/facts.ts';

/** Larger files are read entry by entry, up to `MAX_ENTRY` bytes each and `MAX_REQUESTS` of them. */
const LARGE = 32 * 1024 * 1024;
const MAX_ENTRY = 64 * 1024 * 1024;
const MAX_REQUESTS = 100_000;
/** Largest list of requests in the page, bytes of JSON. */
const MAX_PAGE = 170 * 1024;

const STYLE = `
.requests{max-height:520px;overflow:auto;border:1px solid var(--line);border-radius:6px}.alone .requests{max-height:calc(100vh - 90px)}
table{border-collapse:separate;border-spacing:0;width:100%;font-size:13px;font-variant-numeric:tabular-nums;table-layout:fixed}th{position:sticky;top:0;z-index:1;background:var(--soft);text-align:left;font-weight:600}th,td{padding:2px 8px;border-bottom:1px solid var(--line);white-space:nowrap;overflow:hidden;text-overflow:ellipsis}
.name{width:36%}.status{width:68px}.type{width:110px}.size,.time{width:76px}.size,.time{text-align:right}td small{color:var(--dim)}tr.request{cursor:pointer}tr.request:hover td{background:var(--soft)}tr.failed td{color:var(--bad)}
.line{position:relative;height:14px}.line i{position:absolute;top:2px;height:10px;min-width:1px}
.p0{background:#9aa3ad}.p1{background:#1f9d8f}.p2{background:#e08e2b}.p3{background:#a45ad1}.p4{background:#4a7de0}.p5{background:#5fae5b}.p6{background:#3f93e8}
.details td{white-space:normal;overflow-wrap:anywhere;background:var(--soft)}.details dl{display:grid;grid-template-columns:minmax(90px,max-content) 1fr;gap:1px 12px;margin:2px 0 8px}.details dt{color:var(--dim)}.details dd{margin:0}.details h3{font-size:12.5px;margin:6px 0 0}.details dt i{display:inline-block;width:9px;height:9px;border-radius:2px;margin-right:5px}
@media(max-width:640px){.type,.time,td small{display:none}th,td{padding:2px 5px}.name{width:36%}.status{width:60px}.size{width:62px}}`;

/**
 * Writes the page of an HTTP archive, with the first requests, and a file of the entry with all requests and their
 * headers.
 * @throws Error with a message for users if the archive cannot be read
 */
export async function harPage(input: RenderInput, output: RenderOutput): Promise<void> {
  const { requests: all, notes } = read(input);
  await writeFile(join(output.dir, 'requests.json'), JSON.stringify(all), { mode: 0o600 });
  const duration = all.reduce((end, { start, phases }) => Math.max(end, start + phases.reduce((a, b) => a + b, 0)), 0);
  const requests: Request[] = [];
  let length = 0;
  for (const { request: _q, response: _a, server: _s, ...row } of all) {
    length += JSON.stringify(row).length + 20;
    if (length > MAX_PAGE) break;
    requests.push(row);
  }
  const facts: HarFacts = { requests, duration, count: all.length, all: `${output.href}/requests.json` };
  const transferred = all.reduce((sum, request) => sum + Math.max(0, request.size), 0);
  const failed = all.filter(({ status, error }) => status >= 400 || error !== undefined).length;
  const summary = [
    plural(all.length, 'request'),
    size(transferred),
    `${(duration / 1000).toFixed(duration < 10_000 ? 2 : 1)} s`,
    ...(failed > 0 ? [`${failed} failed`] : []),
  ];
  const columns = [
    ['name', 'request'],
    ['status', 'status'],
    ['type', 'type'],
    ['size', 'size'],
    ['time', 'time'],
    ['', `0 to ${summary[2]}`],
  ];
  await output.page(
    page({
      title: input.title ?? input.name,
      style: STYLE,
      body: `<div class="bar"><span class="note" id="summary" role="status">${escapeHtml(summary.join(' · '))}</span><input id="find" type="search" placeholder="Filter requests" aria-label="Filter requests">${
        requests.length < all.length ? `<button id="all" type="button">All requests</button>` : ''
      }</div><div class="requests" tabindex="0" role="region" aria-label="Requests"><table><thead><tr>${columns.map(([kind, text]) => `<th scope="col" class="${kind}">${text}`).join('')}</thead><tbody id="requests"></tbody></table></div>
${notes.map((note) => `<p class="note">${escapeHtml(note)}</p>`).join('')}<p class="note">Cookies, tokens and other secrets are not shown here; they are in the original.</p><script type="application/json" id="facts">${JSON.stringify(facts).replaceAll('<', '\\u003c')}</script>`,
      scripts: [output.asset('har.js')],
    }),
  );
}

/** @throws Error if the archive cannot be read */
function read({ path, part }: RenderInput): { requests: DetailedRequest[]; notes: string[] } {
  if (!part && statSync(path).size <= LARGE) return { requests: readHar(parseJson(readFileSync(path))), notes: [] };
  const requests = readEntries(MAX_REQUESTS);
  const end = eachObject(path, 'entries', requests.add, MAX_ENTRY);
  const all = requests.result();
  if (all.length === 0) throw new Error(end.problem ?? 'it has no requests');
  return {
    requests: all,
    notes: [
      ...(end.problem && !(part && end.isTruncated) ? [end.problem] : []),
      ...(requests.omitted > 0
        ? [`${count(requests.omitted)} further requests are left out: there are too many.`]
        : []),
    ],
  };
}
