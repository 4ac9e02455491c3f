import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { formats } from '../index.ts';
import notebook from './format.ts';

test.each([
  ['{\n "cells": [\n  {\n   "cell_type": "code",', 'ipynb'],
  ['{"metadata": {}, "nbformat": 4, "cells": []}', 'ipynb'],
  ['{"cells": [1, 2, 3]}', undefined],
  ['{"a": {"cells": [], "nbformat": 4}}', undefined],
  ['cells: nbformat', undefined],
])('the type of a file that begins with %j is %s', (head, type) => {
  expect(notebook.sniff(new TextEncoder().encode(head))).toBe(type);
});

test('notebooks are recognised before json, which accepts any JSON', () => {
  const names = formats.map((format) => format.name);
  expect(names.indexOf('ipynb')).toBeLessThan(names.indexOf('json'));
});

test('a page shows a notebook with many tables up to the limit', async () => {
  const table = `<table>${`<tr>${'<td>1.25</td>'.repeat(10)}</tr>`.repeat(500)}</table>`;
  const outputs = [{ output_type: 'execute_result', data: { 'text/html': table }, metadata: {} }];
  const cell = { cell_type: 'code', execution_count: 1, metadata: {}, outputs, source: 'x' };
  const dir = await mkdtemp(join(tmpdir(), 'webpipe-notebook-'));
  const path = join(dir, 'many.ipynb');
  await writeFile(path, JSON.stringify({ cells: Array.from({ length: 90 }, () => cell), metadata: {}, nbformat: 4 }));
  let page = '';
  const out = {
    dir,
    href: 'id',
    asset: (name: string) => name,
    page: async (html: string) => {
      page = html;
    },
  };
  const bytes = (await stat(path)).size;
  await notebook.render({ path, name: 'n', type: 'ipynb', host: 'h', bytes, open: false, source: 's' }, out);
  expect(page.length).toBeLessThan(256 * 1024);
  expect(page).toMatch(/The first \d\d cells of a notebook of 6\.\d MB/);
  await rm(dir, { recursive: true });
});
