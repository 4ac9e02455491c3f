import type { Renderer } from '../model/renderer.ts';
import { treePage } from './json/page.ts';
import { isText } from './text/charset.ts';
import { readHead } from './text/ends.ts';
import { textPage } from './text/page.ts';

const HEX = { whole: 4096, head: 3840, tail: 256 };

export default {
  name: 'xml',
  about: 'XML and property lists as a tree with XPaths; broken XML with the place marked',
  types: 'xml xsd xsl xslt plist rss atom opml gpx kml wsdl rng gexf graphml csproj vcxproj xmp xlf resx nuspec'.split(
    ' ',
  ),
  preview: true,

  sniff: (head) =>
    isText(head) && /^\s*<\?xml\s/.test(new TextDecoder().decode(head.subarray(0, 200))) ? 'xml' : undefined,

  async render(input, output) {
    // What Apple's tools write by themselves is a binary property list.
    const binary = Buffer.from(readHead(input.path, 6)).toString('latin1') === 'bplist';
    if (binary) {
      const above =
        '<p class="note">A binary property list. <code>plutil -convert xml1 -o - FILE</code> shows it as text.</p>';
      return textPage(input, output, { mode: 'hex', limits: HEX, above });
    }
    const { openXml } = await import('./xml/open.ts');
    await treePage(input, output, { name: 'XML', open: openXml, script: 'xml.js', atLines: true });
  },
} satisfies Renderer;
