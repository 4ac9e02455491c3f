import { CODE_STYLE } from '../../node/kit/code/highlight-style.ts';
import { copyReferencedFiles } from '../../node/kit/page/referenced-files.ts';
import { readHead } from '../../node/kit/text/file-ends.ts';
import type { Format } from '../../shared/format.ts';
import { escapeHtml, isBlank, NOTHING_VISIBLE, page } from '../../shared/kit/page/shell.ts';
import { decode, detectCharset } from '../../shared/kit/text/charset.ts';
import { STYLE } from './style.ts';

/** Largest document that is shown completely: about 40,000 words, which take half a second. */
const MAX_BYTES = 256 * 1024;
/** Largest HTML of a page; of a document that needs more, the beginning is shown. */
const MAX_HTML = 384 * 1024;
/** The bytes that are shown of a document larger than `MAX_BYTES`. */
const HEAD_BYTES = 18 * 1024;

export default {
  name: 'markdown',
  about: 'Markdown as on GitHub, with the pictures and files beside it; scripts in it do not run',
  types: ['md', 'markdown', 'mkd', 'README'],
  searchText: 'source',
  preview: true,
  async render(input, output) {
    const { parse } = await import('./parse.ts');
    const bytes = readHead(input.path, MAX_BYTES + 1);
    let isComplete = bytes.length <= MAX_BYTES;
    const { charset } = detectCharset(bytes.subarray(0, HEAD_BYTES));
    const text = isComplete ? decode(bytes, charset) : beginningOf(decode(bytes.subarray(0, HEAD_BYTES), charset));
    let document = parse(text);

    let hasMissingFiles = false;
    let files: ReadonlySet<string> = new Set();
    if (input.origin && document.references.size > 0) {
      const copyOptions = { origin: input.origin, target: `${output.dir}/source`, references: document.references };
      ({ files, incomplete: hasMissingFiles } = await copyReferencedFiles(copyOptions));
    }
    const link = `<a href="${escapeHtml(input.source)}">${escapeHtml(input.name)}</a>`;
    const locations = { files, source: `${output.href}/source` };
    let html = await document.html(locations);
    // Tables, pictures and formulas may have HTML many times larger than their text, so the text is shortened until it
    // fits.
    for (let shortened = text; html.length > MAX_HTML && shortened.length > 1000; ) {
      isComplete = false;
      shortened = beginningOf(shortened.slice(0, shortened.length * Math.min(0.5, MAX_HTML / html.length)));
      document = parse(shortened);
      html = await document.html(locations);
    }
    const notes = [
      isBlank(html) ? (bytes.length === 0 ? 'Empty.' : NOTHING_VISIBLE) : '',
      isComplete ? '' : `This is the beginning. The whole document: ${link}`,
      hasMissingFiles ? 'It refers to more files than one entry can store.' : '',
    ];
    const notesHtml = notes.map((note) => (note ? `<p class="note" role="note">${note}</p>` : '')).join('');
    await output.page(
      page({
        title: input.title ?? document.title ?? input.name,
        style: html.includes('<span class="h-') ? STYLE + CODE_STYLE : STYLE,
        ...(document.formulas && { styles: [output.asset('markdown-katex.css')] }),
        ...(document.diagrams && { scripts: [output.asset('mermaid.js')] }),
        body: `<main>${html}</main>${notesHtml}`,
      }),
    );
  },
} satisfies Format;

/** Shortens a text to its last complete paragraph, or else to its last complete line. */
function beginningOf(text: string): string {
  const paragraph = text.lastIndexOf('\n\n');
  return text.slice(0, paragraph > 0 ? paragraph : Math.max(text.lastIndexOf('\n'), 0) || text.length);
}
