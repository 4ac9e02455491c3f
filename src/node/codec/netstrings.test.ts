import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decode } from './ndjson.ts';

const encoder = new TextEncoder();
const netstring = (text: string | Uint8Array, tag = ',') => {
  const bytes = typeof text === 'string' ? encoder.encode(text) : text;
  return Buffer.concat([Buffer.from(`${bytes.length}:`), bytes, Buffer.from(tag)]);
};
const pair = (fields: Readonly<Record<string, string>>, body: Uint8Array) => {
  const inner = Object.entries(fields).flatMap(([key, value]) => [netstring(key), netstring(value)]);
  return Buffer.concat([netstring(Buffer.concat(inner), '}'), netstring(body)]);
};

async function* split(bytes: Uint8Array, cuts: readonly number[]): AsyncGenerator<Uint8Array> {
  let from = 0;
  for (const cut of [...cuts].sort((a, b) => a - b)) {
    yield bytes.subarray(from, Math.max(from, cut));
    from = Math.max(from, cut);
  }
  yield bytes.subarray(from);
}

async function all(bytes: Uint8Array, cuts: readonly number[] = [], legacy = true) {
  const found: { record: unknown; body: string }[] = [];
  for await (const { record, body } of decode(split(bytes, cuts), { bare: 'none', legacy })) {
    const pieces: Uint8Array[] = [];
    for await (const piece of body ?? []) pieces.push(piece);
    found.push({ record, body: Buffer.concat(pieces).toString('latin1') });
  }
  return found;
}

describe('tagged netstrings of 2014', () => {
  test('decodes the example of the protocol', async () => {
    const wire = encoder.encode('19:8:filename,5:a.txt,}5:hello,');
    expect(await all(wire)).toEqual([{ record: { kind: 'file', name: 'a.txt', length: 5 }, body: 'hello' }]);
  });

  test('decodes any names and contents, however they are split, and reads nothing after the pair', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'grapheme', maxLength: 50 }),
        fc.option(fc.string({ maxLength: 20 })),
        fc.uint8Array({ maxLength: 300 }),
        fc.array(fc.nat(500), { maxLength: 10 }),
        async (filename, filetype, body, cuts) => {
          const wire = pair({ hostname: 'far', filename, ...(filetype === null ? {} : { filetype }) }, body);
          const [one, ...more] = await all(
            Buffer.concat([wire, Buffer.from('and more')]),
            cuts.filter((cut) => cut <= wire.length),
          );
          expect(one).toEqual({
            record: {
              kind: 'file',
              name: filename,
              host: 'far',
              ...(filetype === null ? {} : { type: filetype }),
              length: body.length,
            },
            body: Buffer.from(body).toString('latin1'),
          });
          expect(more).toEqual([]);
        },
      ),
      { numRuns: 150 },
    );
  });

  test.each([
    '5:hello,',
    '19:8:filename,5:a.txt,]5:hello,',
    '19:8:filename,5:a.txt,}5:hello}',
    '19:8:filename,5:a.txt,}5:hell',
    '19:8:filename,9:a.txt,}5:hello,',
    '19:8:filename,5:a.txt,}x:hello,',
    '99999999:',
    '1234567890123456:',
    '0:}',
  ])('%s is not valid', async (text) => {
    await expect(all(encoder.encode(text))).rejects.toMatchObject({ name: 'WpError' });
  });

  test('any other input is refused without hanging', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 80 }), async (bytes) => {
        await all(Buffer.concat([Buffer.from('1'), bytes])).catch((error: unknown) =>
          expect(error).toMatchObject({ name: 'WpError' }),
        );
      }),
      { numRuns: 300 },
    );
  });

  test('netstrings are accepted only with the option legacy', async () => {
    await expect(all(encoder.encode('19:8:filename,5:a.txt,}5:hello,'), [], false)).rejects.toThrow('--legacy');
  });
});
