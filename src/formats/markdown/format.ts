import { CODE_STYLE } from '../../node/kit/code/highlight-style.ts';
import { copyReferencedFiles } from '../../node/kit/page/referenced-files.ts';
import { readHead } from '../../node/kit/text/file-ends.ts';
import type { Format } from '../../shared/format.ts';
import { escapeHtml, isBlank, NOTHING_VISIBLE, page } from '../../shared/kit/page/shell.ts';
import { decode, detectCharset } from '../../shared/kit/text/charset.ts';
import { STYLE } from './style.ts';

/** A document of this size, some 40,000 words, is shown whole: it takes half a second. */
const MAX_BYTES = 256 * 1024;
/** HTML of a page: where markup comes to many times its text, the beginning of the text is shown. */
const MAX_HTML = 384 * 1024;
/** Of a larger one the beginning is shown, and the whole is behind a link. */
const HEAD_BYTES = 18 * 1024;

export default {
  name: 'markdown',
  about: 'Markdown as GitHub knows it, with the pictures and files beside it; nothing in it runs',
  types: ['md', 'markdown', 'mkd', 'README'],
  searchText: 'source',
  preview: true,
  async render(input, output) {
    const { parse } = await import('./parse.ts');
    const bytes = readHead(input.path, MAX_BYTES + 1);
    let whole = bytes.length <= MAX_BYTES;
    const { charset } = detectCharset(bytes.subarray(0, HEAD_BYTES));
    const text = whole ? decode(bytes, charset) : beginningOf(decode(bytes.subarray(0, HEAD_BYTES), charset));
    let document = parse(text);

    let incomplete = false;
    let files: ReadonlySet<string> = new Set();
    if (input.origin && document.references.size > 0) {
      const wanted = { origin: input.origin, target: `${output.dir}/source`, references: document.references };
      ({ files, incomplete } = await copyReferencedFiles(wanted));
    }
    const link = `<a href="${escapeHtml(input.source)}">${escapeHtml(input.name)}</a>`;
    const places = { files, source: `${output.href}/source` };
    let html = await document.html(places);
    // Tables, pictures and formulas may come to many times their text.
    for (let shown = text; html.length > MAX_HTML && shown.length > 1000; ) {
      whole = false;
      shown = beginningOf(shown.slice(0, shown.length * Math.min(0.5, MAX_HTML / html.length)));
      document = parse(shown);
      html = await document.html(places);
    }
    const notes = [
      isBlank(html) ? (bytes.length === 0 ? 'Empty.' : NOTHING_VISIBLE) : '',
      whole ? '' : `This is the beginning. The whole document: ${link}`,
      incomplete ? 'It refers to more files than are kept with one entry.' : '',
    ];
    await output.page(
      page({
        title: input.title ?? document.title ?? input.name,
        style: html.includes('<span class="h-') ? STYLE + CODE_STYLE : STYLE,
        ...(document.formulas && { styles: [output.asset('markdown-katex.css')] }),
        ...(document.diagrams && { scripts: [output.asset('mermaid.js')] }),
        body: `<main>${html}</main>${notes.map((note) => (note ? `<p class="note" role="note">${note}</p>` : '')).join('')}`,
      }),
    );
  },
} satisfies Format;

/** What is left of a text that was cut somewhere: up to its last paragraph, else its last line. */
function beginningOf(text: string): string {
  const paragraph = text.lastIndexOf('\n\n');
  return text.slice(0, paragraph > 0 ? paragraph : Math.max(text.lastIndexOf('\n'), 0) || text.length);
}
