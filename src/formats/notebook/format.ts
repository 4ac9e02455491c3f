import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readEnds } from '../../node/kit/text/file-ends.ts';
import type { Format, RenderInput, RenderOutput } from '../../shared/format.ts';
import { languageOf } from '../../shared/kit/code/languages.ts';
import { escapeHtml, page } from '../../shared/kit/page/shell.ts';
import { isText } from '../../shared/kit/text/charset.ts';
import { count, plural, size } from '../../shared/kit/text/numbers.ts';

/** Largest number of bytes that are read. The page of a larger notebook shows its first cells. */
const MAX_BYTES = 8 * 1024 * 1024;
/** Largest HTML of the cells in the page, and of the cells in each file that is loaded on demand, in characters. */
const MAX_PART = 128 * 1024;

/** Appends the next part of the notebook when the button is clicked. */
const SCRIPT =
  "document.getElementById('more').addEventListener('click',function(){var b=this;fetch(b.dataset.next)" +
  ".then(function(r){if(!r.ok)throw Error('the server said '+r.status);return r.text()}).then(function(h){\n" +
  "var m=document.querySelector('main');m.insertAdjacentHTML('beforeend',h);var e=m.lastElementChild;" +
  'if(e.dataset.next){b.dataset.next=e.dataset.next;e.remove()}else b.parentNode.remove()})' +
  ".catch(function(e){b.nextElementSibling.textContent='Could not load: '+e.message})})";

export default {
  name: 'notebook',
  about: 'Jupyter notebooks: text, code and outputs with tables, pictures and tracebacks; scripts in them do not run',
  types: ['ipynb'],
  searchText: 'page',
  refines: ['json'],
  preview: true,
  first: 32 * 1024,

  sniff(head) {
    const text = isText(head) ? new TextDecoder().decode(head) : '';
    return /^\s*\{\s*"(?:cells|metadata|nbformat)"\s*:/.test(text) && /"(?:cell_type|nbformat)"\s*:/.test(text)
      ? 'ipynb'
      : undefined;
  },

  async render(input, output) {
    const { renderOrUnreadable } = await import('../../node/kit/page/unreadable.ts');
    await renderOrUnreadable(input, output, () => writePage(input, output));
  },
} satisfies Format;

/** Writes the page. Throws if nothing of the file can be shown. */
async function writePage(input: RenderInput, output: RenderOutput): Promise<void> {
  const { renderCells } = await import('./cells.ts');
  const { loadNotebook } = await import('./load.ts');
  const { NOTEBOOK_STYLE } = await import('./style.ts');
  const { STYLE } = await import('../markdown/style.ts');
  const { CODE_STYLE } = await import('../../node/kit/code/highlight-style.ts');
  const { ANSI_STYLE } = await import('../../shared/kit/text/sgr.ts');
  const fileEnds = readEnds(input.path, { whole: MAX_BYTES, head: MAX_BYTES, tail: 16 * 1024 });
  // A preview has only the beginning of the file. A tail marks the notebook as incomplete.
  const ends = input.part ? { ...fileEnds, size: input.bytes, tail: Uint8Array.of(0x0a) } : fileEnds;
  const { notebook, language, problem } = loadNotebook(ends);
  const cells = await renderCells(notebook.cells, language, input, output);
  const parts = await writeParts(cells, output);
  const name = escapeHtml(input.name);
  const link = `<a href="${escapeHtml(input.source)}" download="${name}">${name}</a>`;
  const languageName = escapeHtml(languageOf(language)?.label ?? language);
  const facts = `${languageName} · ${plural(notebook.cells.length, 'cell')}`;
  const isIncomplete = ends.tail.length > 0 || cells.length < notebook.cells.length;
  const incompleteNote = isIncomplete
    ? `<p class="note">The first ${plural(cells.length, 'cell')} of a notebook of ${size(ends.size)}: ${link}</p>`
    : '';
  const bar =
    `<div class="bar"><span class="note">${facts}</span>` +
    '<label><input type="checkbox" id="code" checked>Code</label></div>';
  const problemHtml = problem ? `<p class="bad" role="alert">${escapeHtml(problem)}</p>` : '';
  const moreHtml = parts.nextUrl
    ? `<p><button id="more" data-next="${escapeHtml(parts.nextUrl)}">Show more cells</button> ` +
      `<span class="note">${count(parts.remainingCells)} more</span></p>`
    : '';
  await output.page(
    page({
      title: input.title ?? input.name,
      style: STYLE + CODE_STYLE + ANSI_STYLE + NOTEBOOK_STYLE,
      body: `${bar}\n${problemHtml}<main>${parts.first || '<p class="note">It has no cells.</p>'}</main>${moreHtml}${incompleteNote}`,
      ...(parts.nextUrl && { script: SCRIPT }),
    }),
  );
}

interface CellParts {
  /** HTML of the cells that fit into the page. */
  readonly first: string;
  /** URL of the file with the next cells; empty if there are no more. */
  readonly nextUrl: string;
  readonly remainingCells: number;
}

/** Divides the cells between the page and files of the entry, each of which contains the URL of the next. */
async function writeParts(cells: readonly string[], output: RenderOutput): Promise<CellParts> {
  const parts: string[][] = [[]];
  let length = 0;
  for (const cell of cells) {
    if (length > 0 && length + cell.length > MAX_PART) {
      parts.push([]);
      length = 0;
    }
    parts.at(-1)?.push(cell);
    length += cell.length;
  }
  const first = parts[0]?.join('\n') ?? '';
  // If the first cell is too large for the page, it is in the first file.
  if (first.length > MAX_PART * 1.5) parts.unshift([]);
  const urlOf = (i: number) => (i < parts.length ? `${output.href}/cells-${i}.html` : '');
  for (const [i, part] of parts.entries()) {
    if (i === 0) continue;
    const nextMark = urlOf(i + 1) ? `<i data-next="${urlOf(i + 1)}"></i>` : '';
    await writeFile(join(output.dir, `cells-${i}.html`), part.join('\n') + nextMark);
  }
  return {
    first: parts[0]?.join('\n') ?? '',
    nextUrl: urlOf(1),
    remainingCells: cells.length - (parts[0]?.length ?? 0),
  };
}
