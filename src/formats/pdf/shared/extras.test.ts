import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { EXTRAS, extraOf } from './extras.ts';

const assets = join(import.meta.dirname, '..');
const cmaps = join(import.meta.dirname, '../../../../node_modules/pdfjs-dist/cmaps');

test.each(EXTRAS)('%s.ts exports each resource under its file name', async (name) => {
  const text = await readFile(join(assets, `client-${name.slice('pdf-'.length)}.ts`), 'utf8');
  const imported = new Map(
    [...text.matchAll(/^import (\w+) from '.*\/([^/]+)';$/gm)].map(([, id, file]) => [id, file]),
  );
  const exported = new Map([...text.matchAll(/^\s+'?([\w.-]+)'?: (\w+),$/gm)].map(([, file, id]) => [id, file]));
  expect(exported.size).toBeGreaterThan(3);
  expect(exported).toEqual(imported);
  for (const file of exported.values()) expect(extraOf(file ?? '')).toBe(name);
});

test('base CMaps of included CMaps are included', async () => {
  const texts = await Promise.all(
    EXTRAS.map((name) => readFile(join(assets, `client-${name.slice('pdf-'.length)}.ts`), 'utf8')),
  );
  const included = (await readdir(cmaps)).filter((name) => texts.some((text) => text.includes(`/${name}'`)));
  expect(included.length).toBeGreaterThan(60);
  for (const name of included) {
    const head = (await readFile(join(cmaps, name))).subarray(0, 300).toString('latin1');
    const [base] = /[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*-[HV]/.exec(head) ?? [];
    if (base !== undefined) expect(included, name).toContain(`${base}.bcmap`);
  }
});
