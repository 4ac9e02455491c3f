import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { scaled } from '../../../test/support/deadline.ts';
import { renderPage } from '../../node/kit/text/testing.ts';
import ansi from '../ansi/format.ts';
import text from './format.ts';

let dir = '';
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'webpipe-unit-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

async function pageOf(content: string | Uint8Array, options = {}): Promise<string> {
  const path = join(dir, 'file');
  await writeFile(path, content);
  return renderPage(text, path, options);
}

const numberedLines = (n: number) => Array.from({ length: n }, (_, i) => `line ${i}\n`).join('');
const MAX_PAGE = 256 * 1024;

test('a text of up to 64 KiB is shown completely, with the number of lines', async () => {
  const html = await pageOf(numberedLines(5000));
  expect(html).toContain('line 0\nline 1\n');
  expect(html).toContain('line 4999\n');
  expect(html).toContain('5,000 lines');
  expect(html).not.toContain('text.js');
});

test('the page of a large text shows complete lines of both ends, and the size', async () => {
  const html = await pageOf(numberedLines(100_000));
  expect(html).toMatch(/<pre id="head">\nline 0\n[^<]*line \d+\n<\/pre>/);
  expect(html).toMatch(/<pre id="tail">\nline \d+\n[^<]*line 99999\n<\/pre>/);
  expect(html).toMatch(/1\.1 MB<span id="lines">, about (9\d|10\d|11\d),\d00 lines/);
  expect(html).toContain('assets/text.js');
});

describe('the size of the page is limited', () => {
  test.each([
    ['markup', '&'.repeat(64 * 1024)],
    ['a large file of markup', '<>&'.repeat(300_000)],
    ['zeros', '\0'.repeat(65_000)],
    ['one long line', 'x'.repeat(3_000_000)],
    ['colours', '\x1b[38;2;1;2;3mx\x1b[48;5;99my'.repeat(3000)],
    ['moves to the right', '\x1b[500Cx\n'.repeat(8000)],
  ])('%s', async (_, content) => {
    expect((await pageOf(content)).length).toBeLessThan(MAX_PAGE);
  });
});

test('a file of 5 GB takes no longer than a small one', async () => {
  const path = join(dir, 'huge');
  const file = await open(path, 'w');
  await file.write(numberedLines(10_000), 0);
  await file.truncate(5e9);
  await file.write('the end\n', 5e9 - 8);
  await file.close();
  // Reading all of it would take more processor time than this on any machine.
  const start = process.cpuUsage();
  const html = await renderPage(text, path);
  expect(process.cpuUsage(start).system / 1000).toBeLessThan(scaled(1000));
  expect(html).toContain('5.0 GB');
  expect(html).toContain('the end\n</pre>');
});

test('UTF-16 is cut between characters', async () => {
  const html = await pageOf(Buffer.from(`\ufeff${numberedLines(30_000)}`, 'utf16le'));
  expect(html).toContain('line 0\nline 1\n');
  expect(html).toContain('line 29999\n</pre>');
  expect(html).not.toContain('\ufffd');
});

test('terminal colours in piped text are shown', async () => {
  expect(await pageOf('\x1b[31mred\x1b[0m\n')).toContain('<span class="f1">red</span>');
});

test('a growing file shows its last lines and their end offset', async () => {
  const html = await pageOf(numberedLines(100_000), { open: true });
  expect(html).toContain('line 99999\n</pre>');
  expect(html).toMatch(/data-end="1088890"/);
  const cut = await pageOf(Buffer.from('grü').subarray(0, 3), { open: true });
  expect(cut).toContain('data-end="2"');
});

test('recognises text and terminal output', () => {
  const bytes = (value: string) => new TextEncoder().encode(value);
  expect(text.sniff(bytes('hello\n'))).toBe('txt');
  expect(text.sniff(bytes('\0\x01\x02'))).toBeUndefined();
  expect(ansi.sniff(bytes('\x1b[1mhello\x1b[0m\n'))).toBe('ansi');
  expect(ansi.sniff(bytes('hello\n'))).toBeUndefined();
});
