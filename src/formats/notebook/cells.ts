import { copyReferencedFiles } from '../../node/kit/page/referenced-files.ts';
import type { RenderInput, RenderOutput } from '../../shared/format.ts';
import { createHighlighter, type Highlighter } from '../../shared/kit/code/highlight.ts';
import { escapeHtml } from '../../shared/kit/page/shell.ts';
import { showControls, textHtml } from '../../shared/kit/text/charset.ts';
import { type Document, parse } from '../markdown/parse.ts';
import { outputHtml, pictureSaver, type SavePicture } from './outputs.ts';
import type { Cell } from './read.ts';

/** Text of one cell that is shown: more is no text that anyone reads. */
const MAX_SOURCE = 100_000;
const MAX_OUTPUTS = 100;
/** The directory of attached pictures, among the files beside the notebook. */
const ATTACHED = 'attached-pictures';

/** What all cells may come to as HTML: what is behind it is not rendered, so that no notebook takes more than a second or two. */
const MAX_HTML = 1024 * 1024;
const MAX_CELLS = 5000;

/** The cells as HTML, one by one, as many of them as are not too much. Their pictures are written into the entry, with the files beside it that they refer to. */
export async function renderCells(
  all: readonly Cell[],
  language: string,
  input: RenderInput,
  output: RenderOutput,
): Promise<string[]> {
  const save = pictureSaver(output.dir, output.href);
  const source = { dir: `${output.dir}/source`, href: `${output.href}/source` };
  const attach = pictureSaver(`${source.dir}/${ATTACHED}`, `${source.href}/${ATTACHED}`);
  const paint = (await createHighlighter(language)) ?? textHtml;
  const cells = asMany(all);
  const documents = new Map<Cell, Document>();
  const attached = new Set<string>();
  for (const cell of cells)
    if (cell.kind === 'markdown') documents.set(cell, parse(await withAttachments(cell, attach, attached)));
  const references = new Set([...documents.values()].flatMap((document) => [...document.references]));
  const copied =
    input.origin && references.size > 0
      ? await copyReferencedFiles({ origin: input.origin, target: source.dir, references })
      : { files: new Set<string>() };
  const places = { files: new Set([...copied.files, ...attached]), source: source.href };
  const html: string[] = [];
  let length = 0;
  for (const cell of cells) {
    if (length > MAX_HTML) break;
    const document = documents.get(cell);
    if (document) html.push(section('text', await document.html(places)));
    else if (cell.kind === 'code') html.push(await codeCell(cell, paint, save));
    else if (cell.kind === 'raw')
      html.push(section('raw', `<pre>\n${textHtml(cell.source.slice(0, MAX_SOURCE))}</pre>`));
    else if (cell.kind === 'bad') html.push(section('', `<p class="bad">${escapeHtml(cell.problem)}</p>`));
    length += html.at(-1)?.length ?? 0;
  }
  return html;
}

/** The cells that are looked at: Markdown of many pages is parsed before the first is written. */
function asMany(cells: readonly Cell[]): readonly Cell[] {
  let length = 0;
  const none = cells.findIndex((cell, i) => {
    if (length > MAX_HTML || i >= MAX_CELLS) return true;
    length += cell.kind === 'bad' ? 0 : cell.source.length;
    return false;
  });
  return cells.slice(0, none < 0 ? undefined : none);
}

function section(kind: string, html: string): string {
  return `<section class="cell ${kind}">${html}</section>`;
}

async function codeCell(cell: Cell & { kind: 'code' }, paint: Highlighter, save: SavePicture): Promise<string> {
  const number = `<span class="number">[${cell.count ?? ' '}]</span>`;
  const source = showControls(cell.source.slice(0, MAX_SOURCE));
  const code = source.trim() ? `<pre class="source"><code>${paint(source.replace(/\n+$/, ''))}</code></pre>` : '';
  const outputs: string[] = [];
  for (const output of cell.outputs.slice(0, MAX_OUTPUTS)) outputs.push(await outputHtml(output, save));
  const left = cell.outputs.length - outputs.length;
  if (left > 0) outputs.push(`<p class="note">${left} more outputs are not shown.</p>`);
  const out = outputs.join('');
  return section('code', `${number}${code}${out ? `<div class="out">${out}</div>` : ''}`);
}

/** The text with the pictures that are attached to its cell as files beside it: no browser knows `attachment:`. */
async function withAttachments(
  cell: Cell & { kind: 'markdown' },
  save: SavePicture,
  files: Set<string>,
): Promise<string> {
  let text = cell.source.slice(0, MAX_SOURCE);
  for (const [name, data] of cell.attachments) {
    if (!text.includes(`attachment:${name}`)) continue;
    const saved = await save(data);
    if (!saved) continue;
    files.add(`${ATTACHED}/${saved.name}`);
    text = text.replaceAll(`attachment:${name}`, `${ATTACHED}/${saved.name}`);
  }
  return text;
}
