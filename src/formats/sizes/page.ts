import { statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { unreadablePage } from '../../node/kit/page/unreadable.ts';
import type { RenderInput, RenderOutput } from '../../shared/format.ts';
import { escapeHtml, page } from '../../shared/kit/page/shell.ts';
import { pack } from '../flame/pack.ts';
import type { FlameFacts } from '../flame/shared/facts.ts';
import { readSizes } from './read.ts';

/** Characters of JSON in the page, the number of nodes that is tried first, and nodes in the file of the entry. */
const MAX_PAGE = 190 * 1024;
const MAX_PAGE_NODES = 5000;
const MAX_FILE_NODES = 120_000;

const STYLE = `.bar .path{flex:1 1 auto}.path button{border:0;background:none;padding:0 2px;color:var(--accent)}.path span{color:var(--dim)}
#map{position:relative;height:440px;border-radius:6px;overflow:hidden}.alone #map{height:calc(100vh - 260px);min-height:320px}
#map div{position:absolute;overflow:hidden;white-space:nowrap;text-overflow:ellipsis;font-size:12px;line-height:18px;padding:0 4px;border:1px solid var(--bg);border-radius:3px;color:#1c2024}#map .directory{cursor:pointer}#map div:hover{outline:2px solid var(--accent);outline-offset:-2px;z-index:1}
@media(prefers-color-scheme:dark){#map div{color:#f2f3f5}}
table{border-collapse:collapse;font-size:13px;font-variant-numeric:tabular-nums;margin-top:8px;width:100%;max-width:760px}td{padding:1px 12px 1px 0}td.n{text-align:right;white-space:nowrap;width:1%}td.share{width:30%;min-width:80px}td.share i{display:block;height:9px;border-radius:2px;background:var(--accent);opacity:.55}td button{border:0;background:none;padding:0;color:var(--accent);text-align:left}`;

/** Writes the page with the largest files and directories; more of them go to a file of the entry. */
export async function sizesPage(input: RenderInput, output: RenderOutput): Promise<void> {
  const { size } = statSync(input.path);
  const { stacks, notes } = readSizes(input.path, size);
  if (stacks.parent.length < 2)
    return output.page(
      unreadablePage(input, size === 0 ? 'The file is empty.' : 'There are no sizes in this file.', notes),
    );
  const profiles = [{ name: '', unit: 'bytes' as const, stacks }];
  let nodes = MAX_PAGE_NODES;
  let packed = pack(profiles, { nodes, runs: 0 });
  let text = json({ ...packed, timeline: false });
  while (text.length > MAX_PAGE && nodes > 40) {
    nodes = Math.floor(nodes / 2);
    packed = pack(profiles, { nodes, runs: 0 });
    text = json({ ...packed, timeline: false });
  }
  if (!packed.isComplete) {
    const more = json({ ...pack(profiles, { nodes: MAX_FILE_NODES, runs: 0 }), timeline: false });
    await writeFile(join(output.dir, 'sizes.json'), more, { mode: 0o600 });
    text = json({ ...packed, timeline: false, more: `${output.href}/sizes.json` });
  }
  await output.page(
    page({
      title: input.title ?? input.name,
      style: STYLE,
      body: `<div class="bar"><nav class="path" id="path" aria-label="Path"></nav></div>${notes.map((note) => `<p class="note">${escapeHtml(note)}</p>`).join('')}<div id="map" aria-hidden="true"></div><p class="note" id="status" role="status"></p><table id="list"></table><script type="application/json" id="facts">${text}</script>`,
      scripts: [output.asset('sizes.js')],
    }),
  );
}

function json({ names, profiles, more }: FlameFacts): string {
  return JSON.stringify({
    names,
    profiles: profiles.map((profile) => ({ ...profile, top: [] })),
    timeline: false,
    more,
  }).replaceAll('<', '\\u003c');
}
