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
#said{min-height:1.5em;margin:6px 0 0}details{margin-top:8px}table{border-collapse:collapse;font-size:13px;font-variant-numeric:tabular-nums;margin-top:4px}td,th{padding:1px 14px 1px 0;text-align:left;font-weight:400;vertical-align:top}th{color:var(--dim)}td.n{text-align:right;white-space:nowrap}
td button{border:0;background:none;padding:0;text-align:left;color:var(--accent)}`;

/** Characters of JSON in a page, and nodes and runs that are tried first. */
const MAX_PAGE = 190 * 1024;
const IN_PAGE = 6000;
/** Nodes and runs in the file beside the page. */
const IN_FILE = 120_000;

/** The page of profiles: the heaviest nodes in the page, more of them in a file of the entry that the script loads when it needs it. */
export async function flamePage(input: RenderInput, output: RenderOutput, read: Profiles): Promise<string> {
  const profiles = read.profiles.filter(({ stacks }) => stacks.parent.length > 1);
  if (profiles.length === 0)
    return unreadablePage(input, `There are no stacks in this file, read as ${read.format}.`, read.notes);
  const timeline = read.timeline ?? false;
  let limit = IN_PAGE;
  let packed = pack(profiles, { nodes: limit, runs: limit });
  let text = json({ ...packed, timeline });
  while (text.length > MAX_PAGE && limit > 20) {
    limit = Math.floor(limit / 2);
    packed = pack(profiles, { nodes: limit, runs: limit });
    text = json({ ...packed, timeline });
  }
  if (!packed.whole) {
    const more: FlameFacts = { ...pack(profiles, { nodes: IN_FILE, runs: IN_FILE }), timeline };
    await writeFile(join(output.dir, 'stacks.json'), JSON.stringify(more), { mode: 0o600 });
    text = json({ ...packed, timeline, more: `${output.href}/stacks.json` });
  }
  const dropped = profiles.reduce((sum, { stacks }) => sum + stacks.dropped, 0);
  const notes = [
    ...read.notes,
    ...(dropped > 0 ? ['The smallest stacks were added to what called them: there are too many.'] : []),
  ];
  const [first] = packed.profiles;
  const summary = `${read.format}, ${first ? weightText(first.nodes[2] ?? 0, first.unit) : ''}`;
  const inTime = packed.profiles.some(({ lanes }) => lanes.length > 0);
  return page({
    title: input.title ?? input.name,
    style: STYLE,
    body: `<div class="bar"><span class="note" id="summary">${escapeHtml(summary)}</span>${
      profiles.length > 1
        ? `<select id="profile" aria-label="Profile">${profiles.map(({ name }, i) => `<option value="${i}">${escapeHtml(name.slice(0, 100))}</option>`).join('')}</select>`
        : ''
    }${inTime ? `<select id="order" aria-label="Order"><option value="merged">Merged, heaviest first</option><option value="time"${timeline ? ' selected' : ''}>In order of time</option></select>` : ''}<button id="turn" type="button" aria-pressed="false" title="Turn upside down">Flames</button><input id="find" type="search" placeholder="Find" aria-label="Find functions"><button id="all" type="button" hidden>Whole graph</button></div>
${notes.map((note) => `<p class="note">${escapeHtml(note)}</p>`).join('')}<div class="graph" id="graph" tabindex="0" role="group" aria-label="Flame graph: arrow keys move, Enter zooms"></div><p class="note" id="said" role="status">&nbsp;</p>
<details><summary>Heaviest functions</summary><table id="top"></table></details><script type="application/json" id="facts">${text}</script>`,
    scripts: [output.asset('flame.js')],
  });
}

function json(facts: FlameFacts & { whole?: boolean }): string {
  return JSON.stringify({ ...facts, whole: undefined }).replaceAll('<', '\\u003c');
}
