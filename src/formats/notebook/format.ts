import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readEnds } from '../../node/kit/text/file-ends.ts';
import type { Format, RenderInput, RenderOutput } from '../../shared/format.ts';
import { languageOf } from '../../shared/kit/code/languages.ts';
import { escapeHtml, page } from '../../shared/kit/page/shell.ts';
import { isText } from '../../shared/kit/text/charset.ts';
import { count, plural, size } from '../../shared/kit/text/numbers.ts';

/** Bytes of a notebook that are read; of a larger one the first cells are shown. */
const MAX_BYTES = 8 * 1024 * 1024;
/** Largest HTML of the cells in the page, and of each further part that is loaded on demand. */
const MAX_PART = 128 * 1024;

/** Appends the next part of the notebook when the button is clicked. */
const SCRIPT = `document.getElementById('more').addEventListener('click',function(){var b=this;fetch(b.dataset.next).then(function(r){if(!r.ok)throw Error('the server said '+r.status);return r.text()}).then(function(h){
var m=document.querySelector('main');m.insertAdjacentHTML('beforeend',h);var e=m.lastElementChild;if(e.dataset.next){b.dataset.next=e.dataset.next;e.remove()}else b.parentNode.remove()}).catch(function(e){b.nextElementSibling.textContent='Could not load: '+e.message})})`;

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
    const { renderOrUnreadable: orUnreadable } = await import('../../node/kit/page/unreadable.ts');
    await orUnreadable(input, output, () => writePage(input, output));
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
  // A preview has no access to the end of the file.
  const ends = input.part ? { ...fileEnds, size: input.bytes, tail: Uint8Array.of(0x0a) } : fileEnds;
  const { notebook, language, problem } = loadNotebook(ends);
  const cells = await renderCells(notebook.cells, language, input, output);
  const parts = await writeParts(cells, output);
  const link = `<a href="${escapeHtml(input.source)}" download="${escapeHtml(input.name)}">${escapeHtml(input.name)}</a>`;
  const facts = [escapeHtml(languageOf(language)?.label ?? language), plural(notebook.cells.length, 'cell')].join(
    ' · ',
  );
  const isIncomplete = ends.tail.length > 0 || cells.length < notebook.cells.length;
  const incompleteNote = isIncomplete
    ? `<p class="note">The first ${plural(cells.length, 'cell')} of a notebook of ${size(ends.size)}: ${link}</p>`
    : '';
  await output.page(
    page({
      title: input.title ?? input.name,
      style: STYLE + CODE_STYLE + ANSI_STYLE + NOTEBOOK_STYLE,
      body: `<div class="bar"><span class="note">${facts}</span><label><input type="checkbox" id="code" checked>Code</label></div>
${problem ? `<p class="bad" role="alert">${escapeHtml(problem)}</p>` : ''}<main>${parts.first || '<p class="note">It has no cells.</p>'}</main>${parts.next ? `<p><button id="more" data-next="${escapeHtml(parts.next)}">Show more cells</button> <span class="note">${count(parts.left)} more</span></p>` : ''}${incompleteNote}`,
      ...(parts.next && { script: SCRIPT }),
    }),
  );
}

/** Returns the cells that fit into the page, and writes the others to files. Each file contains the URL of the next. */
async function writeParts(cells: readonly string[], output: RenderOutput) {
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
  // If the first cell alone is too large, the page has none.
  if (first.length > MAX_PART * 1.5) parts.unshift([]);
  const url = (i: number) => (i < parts.length ? `${output.href}/cells-${i}.html` : '');
  for (const [i, part] of parts.entries()) {
    if (i === 0) continue;
    const nextMark = url(i + 1) ? `<i data-next="${url(i + 1)}"></i>` : '';
    await writeFile(join(output.dir, `cells-${i}.html`), part.join('\n') + nextMark);
  }
  return { first: parts[0]?.join('\n') ?? '', next: url(1), left: cells.length - (parts[0]?.length ?? 0) };
}
