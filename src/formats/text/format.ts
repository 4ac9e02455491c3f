import { readHead } from '../../node/kit/text/file-ends.ts';
import { TEXT_LIMITS, textPage } from '../../node/kit/text/text-page.ts';
import type { Format } from '../../shared/format.ts';
import { isText } from '../../shared/kit/text/charset.ts';
import { isLog } from '../../shared/kit/text/log-levels.ts';
import { isTypescript } from '../cast/shared/typescript.ts';

const PLAIN = 'txt text log out err md5 sha1 sha256 sha512 asc pem crt csr bib rst org adoc nfo lst list lock';
const SETTINGS = 'conf ini cfg cnf properties env service desktop rules editorconfig gitignore';
// Source code without a grammar, and names without an extension.
const OTHER = 'sed zig sass tf hcl procfile readme license copying changelog authors notice todo';

export default {
  name: 'text',
  about: 'Plain text and logs with a filter by level; of large files the beginning and end, with the rest on demand',
  types: [PLAIN, SETTINGS, OTHER].join(' ').split(' '),
  searchText: 'source',
  sniffOrder: 3,
  sharesProcess: ['txt', 'log'],
  preview: true,
  live: true,

  sniff: (head) =>
    isText(head) && !isTypescript(head) ? (isLog(new TextDecoder().decode(head)) ? 'log' : 'txt') : undefined,

  // `detectMode` also recognises logs and terminal output, because all piped text has the type txt. Recordings by
  // script(1) are often named `.log` or `.out`.
  render: async (input, output) =>
    !input.open && isTypescript(readHead(input.path, 64))
      ? (await import('../script-session/format.ts')).default.render(input, output)
      : textPage(input, output, {
          mode: input.type === 'log' ? 'log' : 'text',
          detectMode: true,
          limits: TEXT_LIMITS,
        }),
} satisfies Format;
