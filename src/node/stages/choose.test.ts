import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { Chooser, headOf } from './choose.ts';

const dir = mkdtempSync(join(tmpdir(), 'wp-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
for (const type of ['mine', 'csv', 'Rplot.png']) {
  mkdirSync(join(dir, 'plugins', type), { recursive: true });
  writeFileSync(join(dir, 'plugins', type, 'render'), '#!/bin/sh\n', { mode: 0o755 });
}
const chooser = new Chooser(dir);
const text = async () => new TextEncoder().encode('just text\n');
const plugin = (type: string) => join(dir, 'plugins', type, 'render');

test('a plugin of the user comes before a built-in renderer', async () => {
  expect(await chooser.choose('a.csv', undefined, 'file', text)).toMatchObject({ type: 'csv', plugin: plugin('csv') });
  expect(await chooser.choose('a.mine', undefined, 'file', text)).toMatchObject({
    type: 'mine',
    plugin: plugin('mine'),
  });
  expect(await chooser.choose('x.Rplot.png', undefined, 'file', text)).toMatchObject({ plugin: plugin('Rplot.png') });
});

test('a declared type comes before the one of the name', async () => {
  expect(await chooser.choose('a.png', undefined, 'file', text)).toMatchObject({
    type: 'png',
    renderer: 'image',
    preview: expect.any(Boolean),
  });
  expect(await chooser.choose('a.png', 'mine', 'file', text)).toMatchObject({ type: 'mine', plugin: plugin('mine') });
  expect(await chooser.choose('a.txt', 'PNG', 'file', text)).toMatchObject({ type: 'PNG', renderer: 'image' });
});

test('without a known name or type the first bytes decide; any file has a renderer', async () => {
  expect(await chooser.choose('noname', undefined, 'file', text)).toMatchObject({ renderer: 'text' });
  const bytes = async () => Uint8Array.of(0, 1, 2, 255, 254, 0);
  expect(await chooser.choose('noname', undefined, 'file', bytes)).toMatchObject({ type: 'bin', renderer: 'fallback' });
  expect(await chooser.choose('noname', 'never-heard-of', 'file', bytes)).toMatchObject({
    type: 'never-heard-of',
    renderer: 'fallback',
  });
  expect(await chooser.choose('a.csv', undefined, 'directory', text)).toMatchObject({ type: 'dir' });
});

test('JSON of a more specific type gets that type', async () => {
  const examples = join(import.meta.dirname, '../../../examples');
  const typeOf = async (file: string) =>
    (await chooser.choose('stdin', undefined, 'file', () => headOf(join(examples, file)))).type;
  expect(await typeOf('machines/sadf.json')).toBe('sadf');
  expect(await typeOf('machines/journal.json')).toBe('journal');
  expect(await typeOf('structure/film.json')).toBe('json');
  expect(await typeOf('tables/requests.ndjson')).toBe('ndjson');
});

test('for names that end in json or txt, a more specific type found in the first bytes decides the renderer', async () => {
  const examples = join(import.meta.dirname, '../../../examples');
  const choice = (name: string, file: string, declared?: string) =>
    chooser.choose(name, declared, 'file', () => headOf(join(examples, file)));
  const json = { type: 'json', renderer: 'json' };
  expect(await choice('Trace-1.json', 'performance/report.trace.json')).toMatchObject({
    type: 'json',
    detectedType: 'trace.json',
    renderer: 'flame',
    first: expect.any(Number),
  });
  expect(await choice('a.json', 'machines/sadf.json')).toMatchObject({ detectedType: 'sadf', renderer: 'metrics' });
  expect(await choice('a.json', 'maps/quakes.geojson')).toMatchObject({ detectedType: 'geojson' });
  expect(await choice('vmstat.txt', 'machines/vmstat.txt')).toMatchObject({ type: 'txt', renderer: 'metrics' });
  expect(await choice('a.json', 'machines/sadf.json', 'json')).toMatchObject(json);
  expect(await choice('a.json', 'structure/film.json')).toMatchObject(json);
  // A listing may be followed by text that a table cannot show.
  expect(await choice('df.txt', 'machines/df.txt')).toMatchObject({ type: 'txt', renderer: 'text' });
  // The names of logs, mails and HTML pages are specific enough.
  expect(await choice('a.log', 'machines/vmstat.txt')).toMatchObject({ type: 'log', renderer: 'text' });
});

test('headOf reads the first 4096 bytes and no more', async () => {
  writeFileSync(join(dir, 'big'), 'x'.repeat(10_000));
  expect((await headOf(join(dir, 'big'))).length).toBe(4096);
  writeFileSync(join(dir, 'small'), 'x');
  expect((await headOf(join(dir, 'small'))).length).toBe(1);
});

test('a decided type needs no first bytes: the renderer is the same', async () => {
  const examples = join(import.meta.dirname, '../../../examples');
  for (const [name, file, declared] of [
    ['a.json', 'maps/quakes.geojson', undefined],
    ['noname', 'tables/requests.ndjson', undefined],
    ['noname', 'structure/film.json', 'never-heard-of'],
    ['a.txt', 'structure/film.json', 'PNG'],
    ['a.mine', 'structure/film.json', undefined],
  ] as const) {
    const { type, detectedType, ...renderer } = await chooser.choose(name, declared, 'file', () =>
      headOf(join(examples, file)),
    );
    expect(chooser.rendererFor({ type, ...(detectedType && { detectedType }) })).toEqual(renderer);
    // The facts passed to the next stage must be enough to choose the same renderer.
    if (detectedType === undefined)
      expect(await chooser.decideType(name, type, 'file', () => Promise.reject(new Error('not read')))).toEqual({
        type,
      });
  }
});
