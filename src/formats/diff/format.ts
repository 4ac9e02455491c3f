import { readEnds } from '../../node/kit/text/file-ends.ts';
import { TEXT_LIMITS, textPage } from '../../node/kit/text/text-page.ts';
import type { Format, RenderInput, RenderOutput } from '../../shared/format.ts';
import { escapeHtml, page } from '../../shared/kit/page/shell.ts';
import { detectCharset, isText } from '../../shared/kit/text/charset.ts';
import { size } from '../../shared/kit/text/numbers.ts';
import type { FileDiff } from './shared/unified-diff.ts';

/** The largest patch that is read completely, bytes. */
const MAX_COMPLETE = 128 * 1024;
/** How many bytes of a patch are in its page. The page's script loads the rest on demand. */
const HEAD_BYTES = 40 * 1024;
/** Largest HTML of all diffs in the page. Files beyond it are loaded on demand. */
const HTML_LIMIT = 200 * 1024;

export default {
  name: 'diff',
  about: 'Diffs and patches, unified or side by side, with changed words marked and a list of the files',
  types: ['diff', 'patch'],
  searchText: 'source',
  sharesProcess: ['diff'],
  preview: true,
  live: true,

  // A diff may begin with a commit header of git, a mail header or an index line of Subversion.
  sniff(head) {
    if (!isText(head)) return undefined;
    const text = new TextDecoder().decode(head);
    if (/^--- .+\n\+\+\+ .+\n@@ -\d/.test(text)) return 'diff';
    const hasHeader = /^(?:diff -|commit [\da-f]{7,64}\b|From [\da-f]{40} |Index: |Only in )/.test(text);
    return hasHeader && /^(?:diff --git |diff --cc |--- .+\n\+\+\+ .+\n@@ -\d)/m.test(text) ? 'diff' : undefined;
  },

  async render(input, output) {
    if (input.open || !(await diffPage(input, output)))
      await textPage(input, output, {
        mode: 'text',
        detectMode: true,
        limits: TEXT_LIMITS,
        ...(!input.open && { htmlAbove: '<p class="note">This file contains no unified diff.</p>' }),
      });
  },
} satisfies Format;

/** Writes the page. Returns false if the file contains no diff. */
async function diffPage(input: RenderInput, output: RenderOutput): Promise<boolean> {
  const { parseChunk } = await import('./shared/patch-chunk.ts');
  const html = await import('./shared/html.ts');
  const { paintFor } = await import('./shared/paint.ts');
  const { DIFF_STYLE } = await import('./style.ts');
  const { CODE_STYLE } = await import('../../node/kit/code/highlight-style.ts');
  const ends = readEnds(input.path, { whole: MAX_COMPLETE, head: HEAD_BYTES, tail: 0 });
  const { head } = ends;
  const { charset, note } = detectCharset(head);
  const chunk = parseChunk(head, charset, head.length < ends.size);
  if (chunk.files.length === 0) return false;

  let diffs = '';
  let nextOffset = chunk.end;
  const files: FileDiff[] = [];
  for (const { file, start, cut } of chunk.files) {
    const paint = await paintFor(file.name);
    let diff = html.fileHtml(file, files.length + 1, paint, cut);
    // If the first file alone exceeds the limit, show its beginning without syntax colours.
    if (files.length === 0 && diff.length > HTML_LIMIT) diff = beginningHtml(html.fileHtml, file);
    if (diffs.length + diff.length > HTML_LIMIT) {
      nextOffset = start;
      break;
    }
    diffs += diff;
    files.push(file);
  }
  const remaining = ends.size - nextOffset;
  const link = `<a href="${escapeHtml(input.source)}" download="${escapeHtml(input.name)}">the whole patch</a>`;
  const sum = html.sumHtml(files);
  const facts = (remaining > 0 ? `The first ${sum} of ${size(ends.size)}` : sum) + (note ? ` · ${note}` : '');
  const before = chunk.before.trim() ? html.surroundingHtml(chunk.before.trim().slice(0, 20_000)) : '';
  const entries = files.map((file, i) => html.entryHtml(file, i + 1)).join('');
  const fileList = files.length > 1 || remaining > 0 ? `<ul class="files" id="files">${entries}</ul>` : '';
  const more = `<button id="more">Show more</button><span class="note" id="status">${size(remaining)} more: ${link}</span>`;
  await output.page(
    page({
      title: input.title ?? input.name,
      style: CODE_STYLE + DIFF_STYLE,
      body: `<div class="bar"><span class="note">${facts}</span>${BUTTONS}</div>
${before}${fileList}
<div id="diffs">${diffs}</div>${remaining > 0 ? `<div class="bar" id="rest">${more}</div>` : ''}`,
      data: {
        source: input.source,
        size: String(ends.size),
        charset,
        next: String(nextOffset),
        files: String(files.length),
        ...(remaining > 0 && { paint: output.asset('diff-paint.js') }),
      },
      scripts: [output.asset('diff.js')],
    }),
  );
  return true;
}

const BUTTONS =
  '<button id="unified" aria-pressed="true">Unified</button><button id="beside" aria-pressed="false">Side by side</button>';

/** The HTML of the first hunks and lines of a file, as many as fit into the page. */
function beginningHtml(
  fileHtml: (file: FileDiff, number: number, paint: undefined, cut: boolean) => string,
  file: FileDiff,
) {
  for (let maxLines = 4000; ; maxLines = Math.floor(maxLines / 2)) {
    let remaining = maxLines;
    const hunks = file.hunks.map((hunk) => {
      const lines = hunk.lines.slice(0, remaining).map((line) => ({ ...line, text: line.text.slice(0, 2000) }));
      remaining -= lines.length;
      return { ...hunk, lines };
    });
    const html = fileHtml({ ...file, hunks: hunks.filter((hunk) => hunk.lines.length > 0) }, 1, undefined, true);
    if (html.length <= HTML_LIMIT || maxLines < 10) return html;
  }
}
