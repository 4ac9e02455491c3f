import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { EXTRAS, extraOf } from './extras.ts';

const assets = join(import.meta.dirname, '..');
const cmaps = join(import.meta.dirname, '../../../../node_modules/pdfjs-dist/cmaps');

test.each(EXTRAS)('what is in %s.ts is looked for there, and is there under its name', async (name) => {
  const text = await readFile(join(assets, `client-${name.slice('pdf-'.length)}.ts`), 'utf8');
  const imported = new Map(
    [...text.matchAll(/^import (\w+) from '.*\/([^/]+)';$/gm)].map(([, id, file]) => [id, file]),
  );
  const given = new Map([...text.matchAll(/^\s+'?([\w.-]+)'?: (\w+),$/gm)].map(([, file, id]) => [id, file]));
  expect(given.size).toBeGreaterThan(3);
  expect(given).toEqual(imported);
  for (const file of given.values()) expect(extraOf(file ?? '')).toBe(name);
});

test('a CMap that builds on another one has it', async () => {
  const texts = await Promise.all(
    EXTRAS.map((name) => readFile(join(assets, `client-${name.slice('pdf-'.length)}.ts`), 'utf8')),
  );
  const ours = (await readdir(cmaps)).filter((name) => texts.some((text) => text.includes(`/${name}'`)));
  expect(ours.length).toBeGreaterThan(60);
  for (const name of ours) {
    const head = (await readFile(join(cmaps, name))).subarray(0, 300).toString('latin1');
    const [base] = /[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*-[HV]/.exec(head) ?? [];
    if (base !== undefined) expect(ours, name).toContain(`${base}.bcmap`);
  }
});
