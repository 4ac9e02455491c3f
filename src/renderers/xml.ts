import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../shared/errors.ts';
import type { Renderer, RenderInput, RenderOutput } from '../shared/renderer.ts';
import { treePage } from './json/page.ts';
import { escapeHtml } from './page.ts';
import { isText } from './text/charset.ts';
import { readHead } from './text/ends.ts';
import { textPage } from './text/page.ts';
import { size } from './text/words.ts';
import { isBinaryPlist } from './xml/bplist.ts';

/** The largest binary property list that is read. */
const MOST = 32 * 1024 ** 2;
const HEX = { whole: 4096, head: 3840, tail: 256 };

export default {
  name: 'xml',
  about: 'XML and property lists as a tree with XPaths; broken XML with the place marked',
  types: 'xml xsd xsl xslt plist rss atom opml gpx kml wsdl rng gexf graphml csproj vcxproj xmp xlf resx nuspec'.split(
    ' ',
  ),
  preview: true,

  sniff: (head) =>
    isBinaryPlist(head)
      ? 'plist'
      : isText(head) && /^\s*<\?xml\s/.test(new TextDecoder().decode(head.subarray(0, 200)))
        ? 'xml'
        : undefined,

  async render(input, output) {
    if (isBinaryPlist(readHead(input.path, 8))) return binaryPage(input, output);
    const { openXml } = await import('./xml/open.ts');
    await treePage(input, output, { name: 'XML', open: openXml, script: 'xml.js', atLines: true, head: 20 * 1024 });
  },
} satisfies Renderer;

/** What Apple's tools write by themselves: its values are kept beside the page as JSON, which is looked at as a tree. */
async function binaryPage(input: RenderInput, output: RenderOutput): Promise<void> {
  const about = `A binary property list of ${size(input.bytes)}`;
  const { binaryPlistJson } = await import('./xml/bplist.ts');
  let json: string;
  try {
    if (input.bytes > MOST) throw new Error(`it has more than ${size(MOST)}`);
    json = binaryPlistJson(readHead(input.path, MOST));
  } catch (error) {
    const above = `<p class="bad" role="note">${about} that cannot be shown as a tree: ${escapeHtml(messageOf(error))}. <code>plutil -p FILE</code> may tell more.</p>`;
    return textPage(input, output, { mode: 'hex', limits: HEX, above });
  }
  const path = join(output.dir, 'values.json');
  await writeFile(path, json);
  const { openBytes } = await import('./json/load.ts');
  await treePage({ ...input, path, source: `${output.href}/values.json` }, output, {
    name: 'JSON',
    open: openBytes,
    script: 'json.js',
    above: `<p class="note">${about}, as its values.</p>`,
  });
}
