import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { unreadablePage } from '../../node/kit/page/unreadable.ts';
import type { RenderInput, RenderOutput } from '../../shared/format.ts';
import { escapeHtml, page } from '../../shared/kit/page/shell.ts';
import { pack } from './pack.ts';
import { type FlameFacts, weightText } from './shared/facts.ts';
import type { Profiles } from './shared/profile.ts';

const STYLE = `.bar select{max-width:22em}
.graph{position:relative;overflow:auto;max-height:520px;border:1px solid var(--line);border-radius:6px;overflow-anchor:none}.alone .graph{max-height:calc(100vh - 130px)}.graph canvas{position:sticky;top:0;display:block}
.tip{position:fixed;z-index:2;pointer-events:none;max-width:min(560px,92vw);padding:4px 8px;border:1px solid var(--line);border-radius:6px;background:var(--bg);box-shadow:0 2px 8px #0003;font-size:12.5px}.tip b{display:block;font-weight:600}
#status{min-height:1.5em;margin:6px 0 0}details{margin-top:8px}table{border-collapse:collapse;font-size:13px;font-variant-numeric:tabular-nums;margin-top:4px}td,th{padding:1px 14px 1px 0;text-align:left;font-weight:400;vertical-align:top}th{color:var(--dim)}td.n{text-align:right;white-space:nowrap}
td button{border:0;background:none;padding:0;text-align:left;color:var(--accent)}`;

/** Characters of JSON in the page, and the number of nodes and runs that is tried first. */
const MAX_PAGE = 190 * 1024;
const MAX_PAGE_NODES = 6000;
/** Nodes and runs in the file of the entry. */
const MAX_FILE_NODES = 120_000;

/** The page of profiles, with the heaviest nodes. More nodes go to a file of the entry, which the script loads on demand. */
export async function flamePage(input: RenderInput, output: RenderOutput, source: Profiles): Promise<string> {
  const profiles = source.profiles.filter(({ stacks }) => stacks.parent.length > 1);
  if (profiles.length === 0)
    return unreadablePage(input, `There are no stacks in this file, read as ${source.format}.`, source.notes);
  const timeline = source.timeline ?? false;
  let limit = MAX_PAGE_NODES;
  let packed = pack(profiles, { nodes: limit, runs: limit });
  let text = json({ ...packed, timeline });
  while (text.length > MAX_PAGE && limit > 20) {
    limit = Math.floor(limit / 2);
    packed = pack(profiles, { nodes: limit, runs: limit });
    text = json({ ...packed, timeline });
  }
  if (!packed.isComplete) {
    const more: FlameFacts = { ...pack(profiles, { nodes: MAX_FILE_NODES, runs: MAX_FILE_NODES }), timeline };
    await writeFile(join(output.dir, 'stacks.json'), JSON.stringify(more), { mode: 0o600 });
    text = json({ ...packed, timeline, more: `${output.href}/stacks.json` });
  }
  const dropped = profiles.reduce((sum, { stacks }) => sum + stacks.dropped, 0);
  const notes = [
    ...source.notes,
    ...(dropped > 0 ? ['There are too many stacks: the smallest ones were added to their callers.'] : []),
  ];
  const [first] = packed.profiles;
  const summary = `${source.format}, ${first ? weightText(first.nodes[2] ?? 0, first.unit) : ''}`;
  const hasTimes = packed.profiles.some(({ lanes }) => lanes.length > 0);
  const options = profiles.map(({ name }, i) => `<option value="${i}">${escapeHtml(name.slice(0, 100))}</option>`);
  const profileChoice =
    profiles.length > 1 ? `<select id="profile" aria-label="Profile">${options.join('')}</select>` : '';
  const orders = `<option value="merged">Merged, heaviest first</option><option value="time"${timeline ? ' selected' : ''}>In order of time</option>`;
  const orderChoice = hasTimes ? `<select id="order" aria-label="Order">${orders}</select>` : '';
  const noteList = notes.map((note) => `<p class="note">${escapeHtml(note)}</p>`).join('');
  return page({
    title: input.title ?? input.name,
    style: STYLE,
    body: `<div class="bar"><span class="note" id="summary">${escapeHtml(summary)}</span>${profileChoice}${orderChoice}${BUTTONS}</div>
${noteList}${GRAPH}<p class="note" id="status" role="status">&nbsp;</p>
<details><summary>Heaviest functions</summary><table id="top"></table></details><script type="application/json" id="facts">${text}</script>`,
    scripts: [output.asset('flame.js')],
  });
}

const BUTTONS =
  '<button id="turn" type="button" aria-pressed="false" title="Turn upside down">Flames</button>' +
  '<input id="find" type="search" placeholder="Find" aria-label="Find functions">' +
  '<button id="all" type="button" hidden>Whole graph</button>';
const GRAPH =
  '<div class="graph" id="graph" tabindex="0" role="group" aria-label="Flame graph: arrow keys move, Enter zooms"></div>';

function json(facts: FlameFacts & { isComplete?: boolean }): string {
  return JSON.stringify({ ...facts, isComplete: undefined }).replaceAll('<', '\\u003c');
}
