import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readEnds } from '../../node/kit/text/file-ends.ts';
import type { Format, RenderInput, RenderOutput } from '../../shared/format.ts';
import { languageOf } from '../../shared/kit/code/languages.ts';
import { escapeHtml, page } from '../../shared/kit/page/shell.ts';
import { isText } from '../../shared/kit/text/charset.ts';
import { count, plural, size } from '../../shared/kit/text/numbers.ts';

/** A larger notebook is shown by the cells in its beginning. */
const MAX_BYTES = 8 * 1024 * 1024;
/** What a page, and each part of it that comes on demand, may come to. */
const PART = 128 * 1024;

/** Puts the next part of the notebook to the others. */
const SCRIPT = `document.getElementById('more').addEventListener('click',function(){var b=this;fetch(b.dataset.next).then(function(r){if(!r.ok)throw Error('the server said '+r.status);return r.text()}).then(function(h){
var m=document.querySelector('main');m.insertAdjacentHTML('beforeend',h);var e=m.lastElementChild;if(e.dataset.next){b.dataset.next=e.dataset.next;e.remove()}else b.parentNode.remove()}).catch(function(e){b.nextElementSibling.textContent='Could not load: '+e.message})})`;

export default {
  searchText: 'page',
  refines: ['json'],
  // Comes before json where first bytes are looked at.
  name: 'notebook',
  about: 'Jupyter notebooks: text, code in colour, outputs with tables, pictures and tracebacks; nothing in them runs',
  types: ['ipynb'],
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
    await orUnreadable(input, output, () => show(input, output));
  },
} satisfies Format;

/** Writes the page. Throws where nothing of the file can be shown. */
async function show(input: RenderInput, output: RenderOutput): Promise<void> {
  const { renderCells } = await import('./cells.ts');
  const { loadNotebook } = await import('./load.ts');
  const { NOTEBOOK_STYLE } = await import('./style.ts');
  const { STYLE } = await import('../markdown/style.ts');
  const { CODE_STYLE } = await import('../../node/kit/code/highlight-style.ts');
  const { ANSI_STYLE } = await import('../../shared/kit/text/sgr.ts');
  const read = readEnds(input.path, { whole: MAX_BYTES, head: MAX_BYTES, tail: 16 * 1024 });
  // Of a part the end is not there.
  const ends = input.part ? { ...read, size: input.bytes, tail: Uint8Array.of(0x0a) } : read;
  const { notebook, language, problem } = loadNotebook(ends);
  const cells = await renderCells(notebook.cells, language, input, output);
  const parts = await writeParts(cells, output);
  const link = `<a href="${escapeHtml(input.source)}" download="${escapeHtml(input.name)}">${escapeHtml(input.name)}</a>`;
  const facts = [escapeHtml(languageOf(language)?.label ?? language), plural(notebook.cells.length, 'cell')].join(
    ' · ',
  );
  const cut = ends.tail.length > 0 || cells.length < notebook.cells.length;
  const large = cut
    ? `<p class="note">The first ${plural(cells.length, 'cell')} of a notebook of ${size(ends.size)}: ${link}</p>`
    : '';
  await output.page(
    page({
      title: input.title ?? input.name,
      style: STYLE + CODE_STYLE + ANSI_STYLE + NOTEBOOK_STYLE,
      body: `<div class="bar"><span class="note">${facts}</span><label><input type="checkbox" id="code" checked>Code</label></div>
${problem ? `<p class="bad" role="alert">${escapeHtml(problem)}</p>` : ''}<main>${parts.first || '<p class="note">It has no cells.</p>'}</main>${parts.next ? `<p><button id="more" data-next="${escapeHtml(parts.next)}">Show more cells</button> <span class="note">${count(parts.left)} more</span></p>` : ''}${large}`,
      ...(parts.next && { script: SCRIPT }),
    }),
  );
}

/** Keeps what fits into the page; the others are written beside it, in parts that name the next one. */
async function writeParts(cells: readonly string[], output: RenderOutput) {
  const parts: string[][] = [[]];
  let length = 0;
  for (const cell of cells) {
    if (length > 0 && length + cell.length > PART) {
      parts.push([]);
      length = 0;
    }
    parts.at(-1)?.push(cell);
    length += cell.length;
  }
  const first = parts[0]?.join('\n') ?? '';
  // One cell alone may be more than a page should be.
  if (first.length > PART * 1.5) parts.unshift([]);
  const url = (i: number) => (i < parts.length ? `${output.href}/cells-${i}.html` : '');
  for (const [i, part] of parts.entries()) {
    if (i === 0) continue;
    const mark = url(i + 1) ? `<i data-next="${url(i + 1)}"></i>` : '';
    await writeFile(join(output.dir, `cells-${i}.html`), part.join('\n') + mark);
  }
  return { first: parts[0]?.join('\n') ?? '', next: url(1), left: cells.length - (parts[0]?.length ?? 0) };
}
