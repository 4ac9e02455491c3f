import type { Renderer } from '../model/renderer.ts';
import { isText } from './text/charset.ts';
import { TEXT_LIMITS, textPage } from './text/page.ts';

const PLAIN = 'txt text log out err md5 sha1 sha256 sha512 asc pem crt csr bib rst org adoc srt vtt nfo lst list lock';
const SETTINGS =
  'conf ini cfg cnf toml yaml yml xml xsd xsl xslt plist properties env service desktop rules editorconfig gitignore';
// Source code that the renderer of code has no grammar for, and names without an ending.
const OTHER = 'sed zig sass tf hcl procfile readme license copying changelog authors notice todo';

export default {
  name: 'text',
  about: 'Plain text and logs: small files whole, large ones by their ends, growing ones as they grow',
  types: [PLAIN, SETTINGS, OTHER].join(' ').split(' '),
  preview: true,
  live: true,

  sniff: (head) => (isText(head) ? 'txt' : undefined),

  // What a pipe brings is called txt; where it is a terminal's output, it is shown as one would.
  render: (input, output) =>
    textPage(input, output, {
      mode: input.type === 'log' ? 'log' : 'text',
      perhapsTerminal: true,
      limits: TEXT_LIMITS,
    }),
} satisfies Renderer;
