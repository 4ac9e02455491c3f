import { readEnds } from '../../node/kit/text/file-ends.ts';
import { TEXT_LIMITS, textPage } from '../../node/kit/text/text-page.ts';
import type { Format, RenderInput, RenderOutput } from '../../shared/format.ts';
import { escapeHtml, page } from '../../shared/kit/page/shell.ts';
import { detectCharset, isText } from '../../shared/kit/text/charset.ts';
import { size } from '../../shared/kit/text/numbers.ts';
import type { FileDiff } from './shared/parse.ts';

/** A patch of so many bytes is read whole for the page, of a larger one the first of them; the rest comes on demand. */
const WHOLE = 128 * 1024;
const HEAD = 40 * 1024;
/** What the diffs may come to as HTML; files beyond it wait for the rest. */
const HTML_LIMIT = 200 * 1024;

export default {
  name: 'diff',
  about: 'Diffs and patches, unified or side by side, with the words that changed; the files that they are about',
  types: ['diff', 'patch'],
  searchText: 'source',
  sharesProcess: ['diff'],
  preview: true,
  live: true,

  // At its head a diff stands, or what git, mail and Subversion put before one.
  sniff(head) {
    if (!isText(head)) return undefined;
    const text = new TextDecoder().decode(head);
    if (/^--- .+\n\+\+\+ .+\n@@ -\d/.test(text)) return 'diff';
    const begins = /^(?:diff -|commit [\da-f]{7,64}\b|From [\da-f]{40} |Index: |Only in )/.test(text);
    return begins && /^(?:diff --git |diff --cc |--- .+\n\+\+\+ .+\n@@ -\d)/m.test(text) ? 'diff' : undefined;
  },

  async render(input, output) {
    if (input.open || !(await diffPage(input, output)))
      await textPage(input, output, {
        mode: 'text',
        detectMode: true,
        limits: TEXT_LIMITS,
        ...(!input.open && { htmlAbove: '<p class="note">No unified diff was found in it.</p>' }),
      });
  },
} satisfies Format;

/** Writes the page; false where there is no diff in the file. */
async function diffPage(input: RenderInput, output: RenderOutput): Promise<boolean> {
  const { piecesOf } = await import('./shared/pieces.ts');
  const html = await import('./shared/html.ts');
  const { paintFor } = await import('./shared/paint.ts');
  const { DIFF_STYLE } = await import('./style.ts');
  const { CODE_STYLE } = await import('../../node/kit/code/highlight-style.ts');
  const ends = readEnds(input.path, { whole: WHOLE, head: HEAD, tail: 0 });
  const { head } = ends;
  const { charset, note } = detectCharset(head);
  const pieces = piecesOf(head, charset, head.length < ends.size);
  if (pieces.files.length === 0) return false;

  let shown = '';
  let next = pieces.end;
  const files: FileDiff[] = [];
  for (const { file, start, cut } of pieces.files) {
    const paint = await paintFor(file.name);
    let diff = html.fileHtml(file, files.length + 1, paint, cut);
    // A file that is too much even by itself is shown without colours.
    if (files.length === 0 && diff.length > HTML_LIMIT) diff = shortened(html.fileHtml, file);
    if (shown.length + diff.length > HTML_LIMIT) {
      next = start;
      break;
    }
    shown += diff;
    files.push(file);
  }
  const rest = ends.size - next;
  const link = `<a href="${escapeHtml(input.source)}" download="${escapeHtml(input.name)}">the whole patch</a>`;
  const facts = `${rest > 0 ? 'The first ' : ''}${html.sumHtml(files)}${rest > 0 ? ` of ${size(ends.size)}` : ''}${note ? ` · ${note}` : ''}`;
  const gap = `<div class="bar" id="rest"><button id="more">Show more</button><span class="note" id="said">${size(rest)} more: ${link}</span></div>`;
  await output.page(
    page({
      title: input.title ?? input.name,
      style: CODE_STYLE + DIFF_STYLE,
      body: `<div class="bar"><span class="note">${facts}</span><button id="unified" aria-pressed="true">Unified</button><button id="beside" aria-pressed="false">Side by side</button></div>
${pieces.before.trim() ? html.aroundHtml(pieces.before.trim().slice(0, 20_000)) : ''}${files.length > 1 || rest > 0 ? `<ul class="files" id="files">${files.map((file, i) => html.entryHtml(file, i + 1)).join('')}</ul>` : ''}
<div id="diffs">${shown}</div>${rest > 0 ? gap : ''}`,
      data: {
        source: input.source,
        size: String(ends.size),
        charset,
        next: String(next),
        files: String(files.length),
        ...(rest > 0 && { paint: output.asset('diff-paint.js') }),
      },
      scripts: [output.asset('diff.js')],
    }),
  );
  return true;
}

/** As many hunks and lines of a file as fit into a page. */
function shortened(
  fileHtml: (file: FileDiff, number: number, paint: undefined, cut: boolean) => string,
  file: FileDiff,
) {
  for (let lines = 4000; ; lines = Math.floor(lines / 2)) {
    let left = lines;
    const hunks = file.hunks.map((hunk) => {
      const some = hunk.lines.slice(0, left).map((line) => ({ ...line, text: line.text.slice(0, 2000) }));
      left -= some.length;
      return { ...hunk, lines: some };
    });
    const html = fileHtml({ ...file, hunks: hunks.filter((hunk) => hunk.lines.length > 0) }, 1, undefined, true);
    if (html.length <= HTML_LIMIT || lines < 10) return html;
  }
}
