import { readFile, stat } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { copyReferencedFiles, relativePath } from '../../node/kit/page/referenced-files.ts';
import { readHead } from '../../node/kit/text/file-ends.ts';
import type { Format, RenderInput, RenderOutput } from '../../shared/format.ts';
import { escapeHtml, PAGE_SCRIPT_ELEMENT, page, relativeUrl } from '../../shared/kit/page/shell.ts';
import { charsetOf, expandSelfClosing, headContentOffset, referencesOf } from './document.ts';

/** The largest document that is shown as a page. Of a larger one, the beginning is shown as text. */
const MAX_BYTES = 64 * 1024 * 1024;
const HEAD = 64 * 1024;

export default {
  name: 'html',
  about: 'HTML documents as web pages, with the files beside them that they refer to',
  types: ['html', 'htm', 'xhtml'],
  searchText: 'page',
  first: HEAD,
  sniff(head) {
    const text = new TextDecoder('latin1').decode(head);
    return /^(?:\u00ef\u00bb\u00bf)?\s*(?:<!--[\s\S]*?-->\s*)?(?:<!doctype\s+html|<html[\s>])/i.test(text)
      ? 'html'
      : undefined;
  },
  async render(input, output) {
    const { size } = await stat(input.path);
    if (input.part)
      await output.page(
        page({
          title: input.title ?? input.name,
          body: `<pre>${escapeHtml(textOf(readHead(input.path, HEAD)))}</pre>`,
        }),
      );
    else if (size > MAX_BYTES) await output.page(await beginningPage(input, size));
    else await output.page(await documentPage(input, output));
  },
} satisfies Format;

/** Returns the document in UTF-8, with the page script in its head and a `<base>` for the copies of its files. */
async function documentPage(input: RenderInput, output: RenderOutput): Promise<string> {
  let text = textOf(await readFile(input.path));
  if (input.type === 'xhtml' || text.startsWith('<?xml')) text = expandSelfClosing(text);
  const base = await copyReferences(text, input, output);
  const headOffset = headContentOffset(text);
  // Browsers use the first charset and the first base of a document, so these precede its own.
  return `${text.slice(0, headOffset)}<meta charset="utf-8">${base}${PAGE_SCRIPT_ELEMENT}${text.slice(headOffset)}`;
}

/** Copies the files that the document refers to. Returns a `<base>` element for them, or '' if there are none. */
async function copyReferences(text: string, input: RenderInput, output: RenderOutput): Promise<string> {
  if (!input.origin) return '';
  const { references, base: documentBase } = referencesOf(text);
  const basePath = documentBase === undefined ? '' : `${relativePath(documentBase) ?? ''}/`.replace(/^\/$/, '');
  const stem = basename(input.origin, extname(input.origin));
  // Directories that belong to saved pages and reports, whose scripts may load files from them.
  const directories = [`${stem}_files`, stem].filter(
    (name) => text.includes(`${name}/`) || text.includes(`${relativeUrl(name)}/`),
  );
  const target = `${output.dir}/source`;
  const { files } = await copyReferencedFiles({
    origin: input.origin,
    target,
    references,
    directories,
    base: basePath,
  });
  if (files.size === 0) return '';
  return `<base href="${escapeHtml(`${output.href}/source/${relativeUrl(basePath)}`)}">`;
}

function textOf(bytes: Uint8Array): string {
  const charset = charsetOf(bytes.subarray(0, HEAD));
  // Node 20 decodes windows-1252 as ISO 8859-1 unless `stream` is set.
  return new TextDecoder(charset).decode(bytes, { stream: !charset.startsWith('utf') });
}

async function beginningPage(input: RenderInput, size: number): Promise<string> {
  const head = readHead(input.path, HEAD);
  const text = textOf(head);
  const link = `<a href="${escapeHtml(input.source)}" download>Download ${escapeHtml(input.name)}</a>`;
  const note = `This HTML document has ${Math.round(size / 1048576)} MB, too much for a page. Its beginning as text:`;
  return page({
    title: input.title ?? input.name,
    body: `<p class="note" role="note">${note} ${link}</p><pre>${escapeHtml(text)}</pre>`,
  });
}
