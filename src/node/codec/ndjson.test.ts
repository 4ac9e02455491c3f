import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Envelope } from '../../shared/envelope.ts';
import { drain } from './drain.ts';
import { type DecodeOptions, decode, encode, encodeRecord, MAX_RECORD } from './ndjson.ts';

const id = '0123456789abcdef0123456789abcdef';
const encoder = new TextEncoder();

/** Splits `bytes` at the offsets `cuts`. */
async function* split(bytes: Uint8Array, cuts: readonly number[] = []): AsyncGenerator<Uint8Array> {
  let from = 0;
  for (const cut of [...cuts].sort((a, b) => a - b)) {
    yield bytes.subarray(from, Math.max(from, cut));
    from = Math.max(from, cut);
  }
  yield bytes.subarray(from);
}

/** Decodes all envelopes to plain values with their bodies. */
async function all(input: AsyncIterable<Uint8Array>, options: DecodeOptions = { bare: 'none', peer: 'local' }) {
  const found: { record: unknown; body?: string }[] = [];
  for await (const { record, body } of decode(input, options)) {
    if (!body) found.push({ record });
    else {
      const pieces: Uint8Array[] = [];
      for await (const piece of body) pieces.push(piece);
      found.push({ record, body: Buffer.concat(pieces).toString('latin1') });
    }
  }
  return found;
}

async function bytesOf(messages: readonly Envelope[]): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for (const message of messages) for await (const piece of encode(message)) pieces.push(piece);
  return Buffer.concat(pieces);
}

const anyMessage = fc
  .record({
    body: fc.option(fc.uint8Array({ maxLength: 300 })),
    name: fc.string({ unit: 'grapheme' }),
    more: fc.jsonValue(),
  })
  .map(({ body, name, more }): { message: Envelope; body: string | undefined } => ({
    message: body
      ? { record: { kind: 'file', name, more, length: body.length }, body: split(body) }
      : { record: { kind: 'file', name, more, path: '/x' } },
    body: body ? Buffer.from(body).toString('latin1') : undefined,
  }));

describe('decode', () => {
  test('decodes the output of encode, however the bytes are split', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyMessage, { maxLength: 6 }),
        fc.array(fc.nat(2000), { maxLength: 20 }),
        async (messages, cuts) => {
          const bytes = await bytesOf(messages.map(({ message }) => message));
          const found = await all(
            split(
              bytes,
              cuts.filter((cut) => cut <= bytes.length),
            ),
          );
          const plain = messages.map(({ message, body }) => ({
            record: JSON.parse(JSON.stringify(message.record)) as unknown,
            ...(body === undefined ? {} : { body }),
          }));
          expect(found).toEqual(plain);
        },
      ),
      { numRuns: 150 },
    );
  });

  test('returns or throws for any input, and never hangs', async () => {
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc
        .constantFrom(
          '\n',
          '{',
          '}',
          '{"kind":"file","length":5}\n',
          '{"kind":"end"}\n',
          '/a/b\n',
          '\r\n',
          ' ',
          '{"kind":"ack"',
          ',"length":1.5}\n',
        )
        .map((text) => encoder.encode(text)),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(piece, { maxLength: 12 }),
        fc.constantFrom('relative', 'absolute', 'none'),
        async (pieces, bare) => {
          const input = (async function* () {
            yield* pieces;
          })();
          await all(input, { bare }).catch((error: unknown) => expect(error).toMatchObject({ name: 'WpError' }));
        },
      ),
      { numRuns: 400 },
    );
  });

  test.each([0, 1, 2])('the rest of a body that is abandoned after %i chunks is skipped', async (pieces) => {
    const text = '{"kind":"file","name":"a","length":10}\n0123456789{"kind":"file","name":"b","length":2}\nxy';
    const names: unknown[] = [];
    for await (const { record, body } of decode(split(encoder.encode(text), [42, 45, 47]), { bare: 'none' })) {
      names.push(record.name);
      let taken = 0;
      if (pieces === 0) await drain(body);
      else for await (const _ of body ?? []) if (++taken === pieces) break;
    }
    expect(names).toEqual(['a', 'b']);
  });

  test('reading a truncated body throws, and the stream ends', async () => {
    const messages = decode(split(encoder.encode('{"kind":"file","name":"a","length":10}\n012')), { bare: 'none' });
    const first = await messages.next();
    if (first.done) throw new Error('no message');
    await expect(drain(first.value.body)).rejects.toThrow('7 bytes before the end of a body of 10');
    await expect(messages.next()).rejects.toThrow('7 bytes before the end');
  });

  test('a line has at most 64 KiB', async () => {
    const line = (length: number) => {
      const frame = JSON.stringify({ kind: 'end', more: '' });
      return encoder.encode(`${JSON.stringify({ kind: 'end', more: 'x'.repeat(length - frame.length) })}\n`);
    };
    expect(await all(split(line(MAX_RECORD), [1000]))).toHaveLength(1);
    await expect(all(split(line(MAX_RECORD + 1), [1000]))).rejects.toThrow(`longer than ${MAX_RECORD} bytes`);
    await expect(all(split(Buffer.alloc(10 * MAX_RECORD, '{')))).rejects.toThrow('longer than');
  });

  test('bare lines are paths where they are accepted', async () => {
    const options = {
      bare: 'relative',
      peer: 'local',
      resolve: (path: string) => (path.startsWith('/') ? path : `/home/${path}`),
    } as const;
    const lines = encoder.encode(
      'a b.txt\r\n\n  \n/c\n{"kind":"file","path":"d"}\n {"kind":"file","name":"e","length":0}\nlast',
    );
    expect((await all(split(lines), options)).map(({ record }) => record)).toEqual([
      { kind: 'file', path: '/home/a b.txt' },
      { kind: 'file', path: '/c' },
      { kind: 'file', path: '/home/d' },
      { kind: 'file', name: 'e', length: 0 },
      { kind: 'file', path: '/home/last' },
    ]);
    expect(await all(split(encoder.encode('\n/c\n')), { bare: 'absolute', peer: 'local' })).toEqual([
      { record: { kind: 'file', path: '/c' } },
    ]);
    for (const [text, bare] of [
      ['c\n', 'absolute'],
      [' c\n', 'absolute'],
      ['/c\n', 'none'],
      [' /c\n', 'none'],
    ] as const) {
      await expect(all(split(encoder.encode(text)), { bare })).rejects.toThrow('neither a record nor');
    }
  });

  test('records of a foreign peer lose paths and local facts and keep unknown fields', async () => {
    const local = { version: 1, copying: true };
    const record = { kind: 'file', id, name: 'x', path: '/a', page: '/b', local, colour: 'blue' };
    const text = `${JSON.stringify(record)}\n/c\n`;
    const found: Envelope[] = [];
    for await (const envelope of decode(split(encoder.encode(text)), { bare: 'absolute' })) found.push(envelope);
    expect(found).toEqual([
      { record: { kind: 'file', id, name: 'x', colour: 'blue' }, foreign: true, foreignPath: '/a' },
      { record: { kind: 'file' }, foreign: true, foreignPath: '/c' },
    ]);
  });

  test('local facts of a local peer are separated from the record and encoded again', async () => {
    const line = `{"kind":"entry","id":"${id}","page":"/b","local":{"version":1,"spoolItem":"/s/${id}","copying":true}}\n`;
    const decoded = decode(split(encoder.encode(line)), { bare: 'none', peer: 'local' });
    const { value } = (await decoded.next()) as { value: Envelope };
    expect(value).toEqual({
      record: { kind: 'entry', id, page: '/b' },
      local: { spoolItem: `/s/${id}`, copying: true },
    });
    expect(Buffer.from(await bytesOf([value])).toString()).toBe(line);
  });

  test.each(['{"version":2}', '{"copying":true}', '{"version":1,"spoolItem":7}', '"x"'])(
    'local facts that this version does not know are refused: %s',
    async (local) => {
      const line = encoder.encode(`{"kind":"entry","id":"${id}","local":${local}}\n`);
      await expect(all(split(line))).rejects.toThrow('run all stages of a pipe with the same webpipe');
    },
  );

  test('input that is not a record is rejected at its first byte', async () => {
    const endless = (async function* () {
      yield encoder.encode('GET ');
      await new Promise(() => {});
    })();
    await expect(decode(endless, { bare: 'absolute' }).next()).rejects.toThrow('neither a record nor');
  });

  test.each([
    ['{"kind":"nothing"}', 'unknown kind "nothing"'],
    ['{"path":"/x"}', 'has no "kind"'],
    ['{]', 'not JSON'],
    [`{"kind":"file","id":"${id.toUpperCase()}"}`, '"id"'],
    ['{"kind":"file","length":-1}', '"length"'],
    [`{"kind":"ack","id":"${id}","length":1e400}`, '"length"'],
    ['{"kind":"file","name":7}', '"name"'],
  ])('%s is refused with a message that names the field', async (line, message) => {
    await expect(all(split(encoder.encode(`${line}\n`)))).rejects.toThrow(message);
  });

  test('a line that is not UTF-8 is refused', async () => {
    await expect(all(split(Buffer.from('{"kind":"end","x":"\xff"}\n', 'latin1')))).rejects.toThrow('not UTF-8');
  });
});

describe('base64', () => {
  test('decodes the bytes, however the text is split and wrapped', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 400 }),
        fc.array(fc.nat(700), { maxLength: 12 }),
        fc.boolean(),
        async (bytes, cuts, wrapped) => {
          const plain = Buffer.from(bytes).toString('base64');
          const text = wrapped ? plain.replace(/.{76}/g, '$&\n') : plain;
          for (const kind of ['file', 'more']) {
            const head = {
              kind,
              ...(kind === 'more' ? { id } : { name: 'x' }),
              length: text.length,
              encoding: 'base64',
            };
            const wire = encoder.encode(`${JSON.stringify(head)}\n${text}{"kind":"end"}\n`);
            const [one, two] = await all(
              split(
                wire,
                cuts.filter((cut) => cut <= wire.length),
              ),
            );
            expect(one?.body).toBe(Buffer.from(bytes).toString('latin1'));
            if (kind === 'more') expect(one?.record).toEqual({ kind, id, length: bytes.length });
            expect(two?.record).toEqual({ kind: 'end' });
          }
        },
      ),
      { numRuns: 100 },
    );
  });

  test.each(['a', 'ab!=', 'YQ==YQ==', '=', 'YQ=', 'YQ==='])('%s is not valid', async (text) => {
    const wire = encoder.encode(`{"kind":"file","name":"x","length":${text.length},"encoding":"base64"}\n${text}`);
    await expect(all(split(wire))).rejects.toThrow('base64');
  });

  test('other encodings and oversized pieces are refused', async () => {
    const say = (fields: object) =>
      encoder.encode(`${JSON.stringify({ kind: 'more', id, length: 4, ...fields })}\nYQ==`);
    await expect(all(split(say({ encoding: 'zip' })))).rejects.toThrow('the encoding "zip"');
    await expect(all(split(say({ encoding: 'base64', length: 2e6 })))).rejects.toThrow('at most');
  });
});

test('encodeRecord returns one line', () => {
  const line = new TextDecoder().decode(encodeRecord({ kind: 'file', name: 'two\nlines' }));
  expect(line).toBe('{"kind":"file","name":"two\\nlines"}\n');
});
