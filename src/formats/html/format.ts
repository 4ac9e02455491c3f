import { readFile, stat } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { copyReferencedFiles, relativePath } from '../../node/kit/page/referenced-files.ts';
import { readHead } from '../../node/kit/text/file-ends.ts';
import type { Format, RenderInput, RenderOutput } from '../../shared/format.ts';
import { escapeHtml, FRAME_ELEMENT, page, relativeUrl } from '../../shared/kit/page/shell.ts';
import { charsetOf, headEnd, referencesOf, selfClosing } from './document.ts';

/** A document beyond this is not put into a page: its head is shown as text, and the whole is a link. */
const MAX_BYTES = 64 * 1024 * 1024;
const HEAD = 64 * 1024;

export default {
  name: 'html',
  about: 'HTML documents as they are, with the files beside them that they refer to',
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
    else if (size > MAX_BYTES) await output.page(await tooLarge(input, size));
    else await output.page(await document(input, output));
  },
} satisfies Format;

/** The user's document with our script first in its head, in UTF-8, its neighbours copied and its links leading to them. */
async function document(input: RenderInput, output: RenderOutput): Promise<string> {
  let text = textOf(await readFile(input.path));
  if (input.type === 'xhtml' || text.startsWith('<?xml')) text = selfClosing(text);
  const base = await neighboursBase(text, input, output);
  const at = headEnd(text);
  // The first charset and the first base are those that count.
  return `${text.slice(0, at)}<meta charset="utf-8">${base}${FRAME_ELEMENT}${text.slice(at)}`;
}

/** A `<base>` that leads relative links to the copies of what they mean; empty where the document needs nothing. */
async function neighboursBase(text: string, input: RenderInput, output: RenderOutput): Promise<string> {
  if (!input.origin) return '';
  const { references, base: own } = referencesOf(text);
  const below = own === undefined ? '' : `${relativePath(own) ?? ''}/`.replace(/^\/$/, '');
  const stem = basename(input.origin, extname(input.origin));
  // What saved pages and reports keep beside them, also where only their scripts ask for it by name.
  const directories = [`${stem}_files`, stem].filter(
    (name) => text.includes(`${name}/`) || text.includes(`${relativeUrl(name)}/`),
  );
  const target = `${output.dir}/source`;
  const { files } = await copyReferencedFiles({ origin: input.origin, target, references, directories, base: below });
  if (files.size === 0) return '';
  return `<base href="${escapeHtml(`${output.href}/source/${relativeUrl(below)}`)}">`;
}

function textOf(bytes: Uint8Array): string {
  const charset = charsetOf(bytes.subarray(0, HEAD));
  // Node 20 takes windows-1252 for ISO 8859-1 where it is not told that there may be more.
  return new TextDecoder(charset).decode(bytes, { stream: !charset.startsWith('utf') });
}

async function tooLarge(input: RenderInput, size: number): Promise<string> {
  const head = readHead(input.path, HEAD);
  const text = textOf(head);
  const link = `<a href="${escapeHtml(input.source)}" download>Download ${escapeHtml(input.name)}</a>`;
  return page({
    title: input.title ?? input.name,
    body: `<p class="note" role="note">This HTML document has ${Math.round(size / 1048576)} MB, too much for a page of the scroll. Here is how it begins, as text. ${link}</p><pre>${escapeHtml(text)}</pre>`,
  });
}
