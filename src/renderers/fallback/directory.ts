import { lstat, opendir } from 'node:fs/promises';
import { join } from 'node:path';
import type { RenderInput, RenderOutput } from '../../model/renderer.ts';
import { escapeHtml, page } from '../page.ts';
import { count, size } from '../text/words.ts';
import { modeOf, timeOf } from './stat.ts';

const SHOWN = 1000;
const COUNTED = 100_000;
const HTML_LIMIT = 200 * 1024;

const STYLE = `table{border-collapse:collapse;font:13px/1.5 var(--mono)}th{text-align:left;color:var(--dim);font-weight:400}
td,th{padding:1px 18px 1px 0;vertical-align:top;white-space:nowrap}td:first-child{white-space:normal;min-width:12em}td:nth-child(2){text-align:right}td:nth-child(n+2){color:var(--dim)}
@media(max-width:600px){td:nth-child(4),th:nth-child(4){display:none}td:nth-child(3){white-space:normal}}`;

/** Writes the listing of a directory: its folders, then its files by name, at most a thousand. */
export async function directoryPage(input: RenderInput, output: RenderOutput): Promise<void> {
  const all: { name: string; folder: boolean }[] = [];
  let total = 0;
  for await (const entry of await opendir(input.path)) {
    if (++total >= COUNTED) break;
    all.push({ name: entry.name, folder: entry.isDirectory() });
  }
  all.sort((a, b) => Number(b.folder) - Number(a.folder) || (a.name < b.name ? -1 : 1));
  let rows = '';
  let shown = 0;
  for (const { name } of all.slice(0, SHOWN)) {
    const row = await rowOf(input, name);
    // Long names take room: the page stays small whatever they are.
    if (rows.length + row.length > HTML_LIMIT) break;
    rows += row;
    shown++;
  }
  const most = total >= COUNTED ? `at least ${entries(total)}` : entries(total);
  const note = shown < total ? `${most}, the first ${shown} are listed` : most;
  const table = rows
    ? `<table><thead><tr><th>Name<th>Size<th>Changed<th>Mode</thead><tbody>${rows}</tbody></table>`
    : '';
  await output.page(
    page({ title: input.title ?? input.name, style: STYLE, body: `<p class="note">Directory, ${note}</p>${table}` }),
  );
}

function entries(n: number): string {
  return n === 1 ? '1 entry' : `${count(n)} entries`;
}

async function rowOf(input: RenderInput, name: string): Promise<string> {
  const label = escapeHtml(name);
  // What went away while it was listed is a row too.
  const stat = await lstat(join(input.path, name)).catch(() => undefined);
  if (!stat) return `<tr><td>${label}<td><td><td>gone</tr>`;
  const link = stat.isFile()
    ? `<a href="${escapeHtml(`${input.source}/${encodeURIComponent(name)}`)}">${label}</a>`
    : label;
  const kind = stat.isDirectory() ? '/' : stat.isSymbolicLink() ? ' (link)' : stat.isFile() ? '' : ' (special)';
  return `<tr><td>${link}${kind}<td>${stat.isFile() ? size(stat.size) : ''}<td>${timeOf(stat.mtime)}<td>${modeOf(stat.mode)}</tr>`;
}
