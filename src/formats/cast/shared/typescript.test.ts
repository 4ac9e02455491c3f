import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findTiming } from '../../script-session/find-timing.ts';
import { problemOf } from './asciicast.ts';
import { coversTypescript, isTypescript, parseScript, parseTiming } from './typescript.ts';

const samples = join(import.meta.dirname, '../../script-session/golden/typescript');
const bytesOf = (text: string) => new TextEncoder().encode(text);

async function sample(name: string, timingFile: string) {
  const typescript = new Uint8Array(await readFile(join(samples, name, 'input')));
  const parsed = parseTiming(await readFile(join(samples, name, timingFile), 'utf8'));
  if (!parsed) throw new Error('no timing');
  return { typescript, timing: parsed, cast: parseScript(typescript, parsed) };
}

test('parses the classic form: delays and bytes', async () => {
  const { typescript, timing, cast } = await sample('timed', 'timing');
  expect(isTypescript(typescript)).toBe(true);
  expect(coversTypescript(timing, typescript, typescript.length)).toBe(true);
  expect(cast).toMatchObject({ columns: 60, rows: 16, command: 'sh', invalid: undefined });
  expect(cast.recordedAt).toBe(Date.parse('2026-11-27T23:45:51Z') / 1000);
  const text = cast.events.map(([, , data]) => data).join('');
  expect(text).toContain('\x1b[32mgreen\x1b[0m café\r\n');
  expect(text).not.toContain('Script');
  expect(cast.events.at(-1)?.[0]).toBeCloseTo(timing.duration);
});

test('parses the advanced form, with input in the same file and a resized window', async () => {
  const { typescript, timing, cast } = await sample('log-io', 'io.tm');
  expect(coversTypescript(timing, typescript, typescript.length)).toBe(true);
  const dataOf = (wantedCode: string) =>
    cast.events.flatMap(([, code, data]) => (code === wantedCode ? [data] : [])).join('');
  expect(dataOf('i')).toBe('echo hello\rexit\r');
  expect(dataOf('o')).toBe('# echo hello\r\nhello\r\n# exit\r\n');
  expect(dataOf('r')).toBe('70x20');
});

test('input that is logged to another file is left out, but its delay counts', () => {
  const timing = parseTiming('H 0.0 OUTPUT_LOG a\nH 0.0 INPUT_LOG b\nI 1.0 5\nO 0.5 2\n');
  if (!timing) throw new Error('no timing');
  expect(parseScript(bytesOf('Script started on x\nhi\n'), timing).events).toEqual([[1.5, 'o', 'hi']]);
});

test('a character may be split between two events, and a timing may be longer than the typescript', () => {
  const timing = parseTiming('0.1 1\n0.1 1\n0.1 99\n');
  if (!timing) throw new Error('no timing');
  expect(parseScript(bytesOf('Script started\né'), timing).events.map(([, , data]) => data)).toEqual(['', 'é']);
});

test('a text that is not a timing is rejected, and invalid lines in a timing are counted', () => {
  for (const text of ['', '\n', 'hello\n', '{"a": 1}\n', 'H 0.0 SHELL sh\n', '1 2 3\n'])
    expect(parseTiming(text)).toBe(undefined);
  const timing = parseTiming('0.1 3\nwhat\n0.2 4\n');
  expect(timing?.bytes).toBe(7);
  expect(problemOf({ invalid: timing?.invalid })).toBe('Line 2 of the timing is not an event: left out.');
  expect(parseTiming('0.1 3\n0.2 4', true)?.bytes).toBe(3);
});

test('no input throws', () => {
  const line = fc.oneof(fc.string(), fc.stringMatching(/^[HIOS] \d\.\d \S*$/), fc.stringMatching(/^\d\.\d \d$/));
  fc.assert(
    fc.property(fc.array(line), fc.uint8Array(), (lines, bytes) => {
      const timing = parseTiming(lines.join('\n'));
      if (timing) parseScript(bytes, timing);
    }),
  );
});

let dir = '';
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'webpipe-script-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const HEAD = bytesOf('Script started on x\nhello\n\nScript done\n');
const find = async (name: string) => (await findTiming(join(dir, name), HEAD, HEAD.length))?.timing.bytes;

test.each(['demo.out.timing', 'demo.out.tm', 'demo.timing', 'demo.tm', 'timing', 'x.tm', 'my-timing.log'])(
  'the timing %s is found beside demo.out',
  async (name) => {
    await writeFile(join(dir, name), '0.1 5\n');
    expect(await find('demo.out')).toBe(5);
  },
);

test('a timing with an unrelated name must match the length; hidden files and symbolic links are ignored', async () => {
  await writeFile(join(dir, 'timing'), '0.1 5000\n');
  await writeFile(join(dir, '.timing'), '0.1 5\n');
  const elsewhere = await mkdtemp(join(tmpdir(), 'webpipe-script-'));
  await writeFile(join(elsewhere, 'x'), '0.1 5\n');
  await symlink(join(elsewhere, 'x'), join(dir, 'demo.tm'));
  expect(await find('demo')).toBe(undefined);
  expect(await findTiming('/nowhere/at/all', HEAD, HEAD.length)).toBe(undefined);
  await writeFile(join(dir, 'z.tm'), '0.1 5\n');
  expect(await find('demo')).toBe(5);
  await rm(elsewhere, { recursive: true });
});
