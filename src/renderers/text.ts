import type { Renderer } from '../shared/renderer.ts';
import { isTypescript } from './cast/script.ts';
import { isText } from './text/charset.ts';
import { readHead } from './text/ends.ts';
import { isLog } from './text/levels.ts';
import { TEXT_LIMITS, textPage } from './text/page.ts';

const PLAIN = 'txt text log out err md5 sha1 sha256 sha512 asc pem crt csr bib rst org adoc srt vtt nfo lst list lock';
const SETTINGS = 'conf ini cfg cnf properties env service desktop rules editorconfig gitignore';
// Source code that the renderer of code has no grammar for, and names without an ending.
const OTHER = 'sed zig sass tf hcl procfile readme license copying changelog authors notice todo';

export default {
  name: 'text',
  about:
    'Plain text and logs, with their levels to choose from: small files whole, large ones by their ends, growing ones as they grow',
  types: [PLAIN, SETTINGS, OTHER].join(' ').split(' '),
  preview: true,
  live: true,

  sniff: (head) =>
    isText(head) && !isTypescript(head) ? (isLog(new TextDecoder().decode(head)) ? 'log' : 'txt') : undefined,

  // What a pipe brings is called txt; where it is a log or a terminal's output, it is shown as such. What script(1)
  // records is often called .log or .out.
  render: async (input, output) =>
    !input.open && isTypescript(readHead(input.path, 64))
      ? (await import('./typescript.ts')).default.render(input, output)
      : textPage(input, output, {
          mode: input.type === 'log' ? 'log' : 'text',
          guess: true,
          limits: TEXT_LIMITS,
        }),
} satisfies Renderer;
