import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readHead } from '../../node/kit/text/file-ends.ts';
import { textPage } from '../../node/kit/text/text-page.ts';
import { treePage } from '../../node/kit/tree/tree-page.ts';
import { messageOf } from '../../shared/errors.ts';
import type { Format, RenderInput, RenderOutput } from '../../shared/format.ts';
import { escapeHtml } from '../../shared/kit/page/shell.ts';
import { isText } from '../../shared/kit/text/charset.ts';
import { size } from '../../shared/kit/text/numbers.ts';
import { isBinaryPlist } from './binary-plist.ts';

/** Largest binary property list that is read, in bytes. */
const MAX_BYTES = 32 * 1024 ** 2;
/** Bytes shown of a binary property list that cannot be read. */
const HEX_LIMITS = { whole: 4096, head: 3840, tail: 256 };

export default {
  name: 'xml',
  about: 'XML and property lists as a tree with XPaths; syntax errors are marked',
  types: 'xml xsd xsl xslt plist rss atom opml gpx kml wsdl rng gexf graphml csproj vcxproj xmp xlf resx nuspec'.split(
    ' ',
  ),
  searchText: 'source',
  preview: true,

  sniff: (head) =>
    isBinaryPlist(head)
      ? 'plist'
      : isText(head) && /^\s*<\?xml\s/.test(new TextDecoder().decode(head.subarray(0, 200)))
        ? 'xml'
        : undefined,

  async render(input, output) {
    if (isBinaryPlist(readHead(input.path, 8))) return writeBinaryPage(input, output);
    const { openXml } = await import('./shared/open.ts');
    await treePage(input, output, {
      name: 'XML',
      open: openXml,
      script: 'xml.js',
      cutAtLines: true,
      headBytes: 20 * 1024,
    });
  },
} satisfies Format;

/** Writes the page of a binary property list: a tree of its values, which are written to a JSON file of the entry. */
async function writeBinaryPage(input: RenderInput, output: RenderOutput): Promise<void> {
  const about = `A binary property list of ${size(input.bytes)}`;
  const { binaryPlistJson } = await import('./binary-plist.ts');
  let json: string;
  try {
    if (input.bytes > MAX_BYTES) throw new Error(`it has more than ${size(MAX_BYTES)}`);
    json = binaryPlistJson(readHead(input.path, MAX_BYTES));
  } catch (error) {
    const problem = `${about} that cannot be shown as a tree: ${escapeHtml(messageOf(error))}.`;
    const htmlAbove = `<p class="bad" role="note">${problem} <code>plutil -p FILE</code> may tell more.</p>`;
    return textPage(input, output, { mode: 'hex', limits: HEX_LIMITS, htmlAbove });
  }
  const path = join(output.dir, 'values.json');
  await writeFile(path, json);
  const { openJson } = await import('../../shared/kit/tree/open-json.ts');
  await treePage({ ...input, path, source: `${output.href}/values.json` }, output, {
    name: 'JSON',
    open: openJson,
    script: 'json.js',
    htmlAbove: `<p class="note">${about}, as its values.</p>`,
  });
}
