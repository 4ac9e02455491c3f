/** Small files whose rendering could take much time or output. Each must give a small page in little time. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { scaled } from '../../test/support/deadline.ts';
import { formats } from './index.ts';

let dir = '';
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'webpipe-bombs-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const N = 100_000;
const cells = (count: number) => ({ cells: Array(count).fill({ cell_type: 'markdown', source: 'x' }), nbformat: 4 });

/** A description of the content, the type, the text, and the largest page in KiB. */
const BOMBS: readonly (readonly [content: string, type: string, text: string, maxKiB?: number])[] = [
  ['rows of empty cells', 'md', `${'|a'.repeat(5000)}\n${'|-'.repeat(5000)}\n${'|x\n'.repeat(5000)}`, 400],
  ['formulas', 'md', '$x$ '.repeat(50_000), 400],
  ['pictures', 'md', '![x](y.png)\n'.repeat(20_000), 400],
  ['footnotes', 'md', `${'[^1]'.repeat(50_000)}\n\n[^1]: [^1]`, 400],
  ['headings', 'md', '# a\n'.repeat(50_000), 400],
  ['nested quotes', 'md', '>'.repeat(N), 400],
  ['brackets', 'md', '['.repeat(N), 400],
  ['cells', 'ipynb', JSON.stringify(cells(N))],
  ['a long subject', 'eml', `From: a@b\nSubject: a\n${' b\n'.repeat(N)}\nText`],
  ['nested mails', 'eml', `From: a@b\n${'Content-Type: message/rfc822\n\n'.repeat(10_000)}Text`],
  ['a long line', 'ps', 'USER PID '.repeat(N)],
  ['a long line', 'df', 'Filesystem '.repeat(N)],
  ['inserted blanks', 'ansi', '\x1b[1A\x1b[9999@'.repeat(5000)],
  ['unterminated control strings', 'ansi', '\x1bP'.repeat(N)],
  ['brackets', 'json', '['.repeat(N)],
  ['brackets', 'yaml', '['.repeat(N)],
  ['brackets', 'toml', `a=${'['.repeat(N)}`],
  ['nested elements', 'xml', '<a>'.repeat(N)],
  ['brackets', 'geojson', `{"type":"Polygon","coordinates":${'['.repeat(N)}`],
  ['empty entries', 'journal', '{}\n'.repeat(N)],
  ['columns', 'csv', `${'a,'.repeat(N)}\n${'1,'.repeat(N)}\n`],
  ['an unterminated row', 'csv', `a,b\n"${'x,y\n'.repeat(N)}`],
];

test.each(BOMBS.map(([content, type, text, maxKiB = 256]) => ({ content, type, text, maxKiB })))(
  'the page of $content ($type) is small and quick',
  async ({ type, text, maxKiB }) => {
    const path = join(dir, `bomb.${type}`);
    await writeFile(path, text);
    const info = formats.find(({ types }) => types.includes(type));
    const format = await info?.load();
    let page = '';
    const started = process.cpuUsage();
    await format?.default.render(
      { path, name: 'bomb', type, host: 'h', bytes: Buffer.byteLength(text), open: false, source: 's' },
      {
        dir,
        href: 'id',
        asset: (name) => name,
        page: async (html) => {
          page = html;
        },
      },
    );
    expect(page.length).toBeGreaterThan(0);
    expect(page.length).toBeLessThan(maxKiB * 1024);
    expect(process.cpuUsage(started).user / 1000, 'milliseconds').toBeLessThan(scaled(5000));
  },
);
