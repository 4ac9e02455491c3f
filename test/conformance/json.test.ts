/** JSONTestSuite: `y_` files are JSON, `n_` files are not, and parsers may accept or refuse `i_` files. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import { detectCharset } from '../../src/shared/kit/text/charset.ts';
import type { JsonDocument } from '../../src/shared/kit/tree/json-document.ts';
import { openJson, toUtf8 } from '../../src/shared/kit/tree/open-json.ts';
import { read } from '../../src/shared/kit/tree/testing.ts';
import { renderFile } from '../support/render.ts';
import { recordResult, suitePath } from './report.ts';

const folder = suitePath('json');
const work = mkdtempSync(join(tmpdir(), 'webpipe-json-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

/** What is wrong with the page of a file, or undefined. */
async function faultOf(name: string, path: string): Promise<string | undefined> {
  const [page = ''] = await renderFile('json', path, work);
  const bytes = readFileSync(path);
  const { document, problem } = openJson(toUtf8(bytes), false);
  // The script of the page of a large file opens the whole file.
  const reason = page.includes(' data-whole="1"')
    ? (/id="fault">([^<]+)/.exec(page)?.[1] ?? (bytes.length === 0 ? 'Empty.' : undefined))
    : problem?.reason;
  if (name.startsWith('y_') && reason) return `not shown: ${reason}`;
  if (name.startsWith('n_') && !reason) return 'the error is not reported';
  if (reason) return undefined;
  const text = new TextDecoder(detectCharset(bytes).charset).decode(bytes);
  if (!isDeepStrictEqual(read(document), JSON.parse(text))) return 'another value is shown';
  const numbers = text.replace(/"(?:[^"\\]|\\.)*"/g, '').match(/-?\d[^\s,\]}]*/g) ?? [];
  return isDeepStrictEqual(numbersOf(document), numbers) ? undefined : 'a number is not shown as written';
}

/** The texts of all numbers in a tree. */
function numbersOf(document: JsonDocument, row = document.root): string[] {
  if (row.kind === 'number') return [row.text];
  return document.children(row, 0, row.count).flatMap((child) => numbersOf(document, child));
}

test.skipIf(!folder)('JSONTestSuite', async () => {
  const names = readdirSync(folder ?? '').filter((name) => name.endsWith('.json'));
  const wrongCases: string[] = [];
  for (const name of names) {
    const fault = await faultOf(name, join(folder ?? '', name));
    if (fault) wrongCases.push(`${name}: ${fault}`);
  }
  recordResult({
    suite: 'json',
    source: 'nst/JSONTestSuite, test_parsing',
    right: names.length - wrongCases.length,
    refused: 0,
    wrong: wrongCases.length,
    wrongCases,
  });
  expect(wrongCases).toEqual([]);
  expect(names.length).toBeGreaterThan(300);
});
