import { stat } from 'node:fs/promises';
import { formatMode, formatTime } from '../../node/kit/listing/stat-text.ts';
import { describeSignature } from '../../node/kit/page/file-signatures.ts';
import { readHead } from '../../node/kit/text/file-ends.ts';
import { textPage } from '../../node/kit/text/text-page.ts';
import type { Format } from '../../shared/format.ts';
import { escapeHtml } from '../../shared/kit/page/shell.ts';
import { detectCharset, isText } from '../../shared/kit/text/charset.ts';
import { count, size } from '../../shared/kit/text/numbers.ts';
import { directoryPage } from './directory.ts';
import { findStrings } from './strings.ts';

const STYLE = `dl{display:grid;grid-template-columns:max-content 1fr;gap:0 16px;margin:0 0 10px}dt{color:var(--dim)}dd{margin:0}
details{margin:0 0 10px}details pre{white-space:pre-wrap}`;
/** The bytes at the beginning and the end of the file that the hex dump shows. */
const HEAD = 4096;
const TAIL = 256;

export default {
  name: 'fallback',
  about: 'Any other file: its probable type, size, time and mode, a hex dump and its strings; directories as a listing',
  types: ['bin', 'dir'],
  searchText: 'page',
  preview: true,

  render: async (input, output) => {
    const stats = await stat(input.path);
    if (stats.isDirectory()) return directoryPage(input, output);
    const head = readHead(input.path, 64 * 1024);
    const text = head.length > 0 && isText(head.subarray(0, HEAD)) ? `text, ${detectCharset(head).charset}` : undefined;
    const type = head.length === 0 ? 'empty' : (describeSignature(head) ?? text ?? 'data');
    const facts = [
      ['Type', type],
      ['Size', stats.size < 1000 ? size(stats.size) : `${size(stats.size)} (${count(stats.size)} bytes)`],
      ['Modified', formatTime(stats.mtime)],
      ['Mode', formatMode(stats.mode)],
    ];
    const list = facts.map(([name, value]) => `<dt>${name}<dd>${escapeHtml(value ?? '')}`).join('');
    const strings = findStrings(head);
    const stringsHtml =
      strings.length > 0
        ? `<details><summary>${count(strings.length)} strings in the first ${size(head.length)}</summary><pre>\n${escapeHtml(strings.join('\n'))}</pre></details>`
        : '';
    const limits = { whole: HEAD + TAIL, head: HEAD, tail: TAIL };
    await textPage(input, output, { mode: 'hex', limits, style: STYLE, htmlAbove: `<dl>${list}</dl>${stringsHtml}` });
  },
} satisfies Format;
