import { copyReferencedFiles } from '../../node/kit/page/referenced-files.ts';
import type { RenderInput, RenderOutput } from '../../shared/format.ts';
import { createHighlighter, type Highlighter } from '../../shared/kit/code/highlight.ts';
import { escapeHtml } from '../../shared/kit/page/shell.ts';
import { showControls, textHtml } from '../../shared/kit/text/charset.ts';
import { type Document, parse } from '../markdown/parse.ts';
import { outputHtml, pictureSaver, type SavePicture } from './outputs.ts';
import type { Cell } from './read.ts';

/** Largest number of characters of a cell, and of its outputs, that are shown. */
const MAX_SOURCE = 100_000;
const MAX_OUTPUTS = 100;
/** Directory of the attachments of cells, inside the directory of the copied files. */
const ATTACHMENTS_DIR = 'attached-pictures';

/** Largest HTML of all cells in characters, and largest number of cells: rendering takes about two seconds at most. */
const MAX_HTML = 1024 * 1024;
const MAX_CELLS = 5000;

/**
 * Renders the first cells, up to the limits. Writes their pictures and the files that they refer to into the entry.
 * Returns the HTML of each cell.
 */
export async function renderCells(
  allCells: readonly Cell[],
  language: string,
  input: RenderInput,
  output: RenderOutput,
): Promise<string[]> {
  const savePicture = pictureSaver(output.dir, output.href);
  /** The directory of the copied files. */
  const source = { dir: `${output.dir}/source`, href: `${output.href}/source` };
  const saveAttachment = pictureSaver(`${source.dir}/${ATTACHMENTS_DIR}`, `${source.href}/${ATTACHMENTS_DIR}`);
  const highlight = (await createHighlighter(language)) ?? textHtml;
  const cells = withinLimits(allCells);
  const documents = new Map<Cell, Document>();
  const attachments = new Set<string>();
  for (const cell of cells)
    if (cell.kind === 'markdown') documents.set(cell, parse(await saveAttachments(cell, saveAttachment, attachments)));
  const references = new Set([...documents.values()].flatMap((document) => [...document.references]));
  const copied =
    input.origin && references.size > 0
      ? await copyReferencedFiles({ origin: input.origin, target: source.dir, references })
      : { files: new Set<string>() };
  const locations = { files: new Set([...copied.files, ...attachments]), source: source.href };
  const html: string[] = [];
  let length = 0;
  for (const cell of cells) {
    if (length > MAX_HTML) break;
    const document = documents.get(cell);
    if (document) html.push(section('text', await document.html(locations)));
    else if (cell.kind === 'code') html.push(await codeCell(cell, highlight, savePicture));
    else if (cell.kind === 'raw')
      html.push(section('raw', `<pre>\n${textHtml(cell.source.slice(0, MAX_SOURCE))}</pre>`));
    else if (cell.kind === 'bad') html.push(section('', `<p class="bad">${escapeHtml(cell.problem)}</p>`));
    length += html.at(-1)?.length ?? 0;
  }
  return html;
}

/** The first cells, up to the limits of source text and number: all Markdown is parsed before a cell is rendered. */
function withinLimits(cells: readonly Cell[]): readonly Cell[] {
  let length = 0;
  const limitIndex = cells.findIndex((cell, i) => {
    if (length > MAX_HTML || i >= MAX_CELLS) return true;
    length += cell.kind === 'bad' ? 0 : cell.source.length;
    return false;
  });
  return cells.slice(0, limitIndex < 0 ? undefined : limitIndex);
}

function section(kind: string, html: string): string {
  return `<section class="cell ${kind}">${html}</section>`;
}

async function codeCell(
  cell: Cell & { kind: 'code' },
  highlight: Highlighter,
  savePicture: SavePicture,
): Promise<string> {
  const number = `<span class="number">[${cell.count ?? ' '}]</span>`;
  const source = showControls(cell.source.slice(0, MAX_SOURCE));
  const code = source.trim() ? `<pre class="source"><code>${highlight(source.replace(/\n+$/, ''))}</code></pre>` : '';
  const outputs: string[] = [];
  for (const output of cell.outputs.slice(0, MAX_OUTPUTS)) outputs.push(await outputHtml(output, savePicture));
  const omitted = cell.outputs.length - outputs.length;
  if (omitted > 0) outputs.push(`<p class="note">${omitted} more outputs are not shown.</p>`);
  const outputsHtml = outputs.join('');
  return section('code', `${number}${code}${outputsHtml ? `<div class="out">${outputsHtml}</div>` : ''}`);
}

/** Writes the attachments of a cell to files, whose paths are added to `files`. Returns its text with their URLs. */
async function saveAttachments(
  cell: Cell & { kind: 'markdown' },
  savePicture: SavePicture,
  files: Set<string>,
): Promise<string> {
  let text = cell.source.slice(0, MAX_SOURCE);
  for (const [name, data] of cell.attachments) {
    if (!text.includes(`attachment:${name}`)) continue;
    const saved = await savePicture(data);
    if (!saved) continue;
    files.add(`${ATTACHMENTS_DIR}/${saved.name}`);
    text = text.replaceAll(`attachment:${name}`, `${ATTACHMENTS_DIR}/${saved.name}`);
  }
  return text;
}
