import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { chunksOf, fetchFile, fetchRange, streamRange } from './fetch-range.ts';

const FILE = Uint8Array.from({ length: 3_000_000 }, (_, i) => (i * 31) >>> 7);

async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

const ranges: RequestListener = ({ headers }, response) => {
  const [from = 0, to = 0] =
    /(\d+)-(\d+)/
      .exec(headers.range ?? '')
      ?.slice(1)
      .map(Number) ?? [];
  const size = FILE.length;
  response.setHeader('Content-Range', `bytes ${from >= size ? '*' : `${from}-${Math.min(size - 1, to)}`}/${size}`);
  response.writeHead(from >= size ? 416 : 206).end(FILE.subarray(from, to + 1));
};
const whole: RequestListener = (_, response) => response.end(FILE);

async function streamed(url: string, from: number, to: number): Promise<Uint8Array> {
  const reader = streamRange(url, from, to);
  const all: Uint8Array[] = [];
  for (;;) {
    const bytes = await reader.read(new Uint8Array(100_000));
    if (bytes.length === 0) return Buffer.concat(all);
    all.push(bytes);
  }
}

test.each([
  ['with range support', ranges, FILE.length],
  ['without range support', whole, undefined],
] as const)('fetches ranges from a server %s', async (_, answer, size) => {
  const url = await serve(answer);
  for (const [from, to] of [
    [0, 10],
    [1000, 1001],
    [300_000, 900_000],
    [2_999_990, 3_000_000],
    [2_999_990, 3_000_010],
    [3_000_000, 3_000_001],
  ] as const) {
    const part = await fetchRange(url, from, to);
    expect(part.size).toBe(size);
    expect(Buffer.compare(part.bytes, FILE.subarray(from, to))).toBe(0);
    expect(Buffer.compare(await streamed(url, from, to), FILE.subarray(from, to))).toBe(0);
  }
  expect(await fetchRange(url, 5, 5)).toEqual({ bytes: new Uint8Array(), size: undefined });
});

test('works without BYOB readers', async () => {
  const url = await serve(ranges);
  const { getReader } = ReadableStream.prototype;
  ReadableStream.prototype.getReader = function (this: ReadableStream, options?: { mode?: string }) {
    if (options?.mode === 'byob') throw new TypeError('not a byte stream');
    return getReader.call(this);
  } as typeof getReader;
  onTestFinished(() => {
    ReadableStream.prototype.getReader = getReader;
  });
  expect(Buffer.compare((await fetchRange(url, 70, 2_000_000)).bytes, FILE.subarray(70, 2_000_000))).toBe(0);
  expect(Buffer.compare(await streamed(url, 70, 2_000_000), FILE.subarray(70, 2_000_000))).toBe(0);
});

test('leaving the loop cancels the transfer', async () => {
  let closed: () => void;
  const ended = new Promise<void>((resolve) => {
    closed = resolve;
  });
  const url = await serve((_, response) => {
    response.on('close', () => closed());
    // A callback that writes at once would leave no time for other events on Node 24.
    const more = (): void => void response.write(FILE.subarray(0, 100_000), () => setImmediate(more));
    more();
  });
  for await (const bytes of chunksOf(await fetchFile(url))) if (bytes.length > 0) break;
  await ended;
});

test('an HTTP error is reported with its status', async () => {
  const url = await serve((_, response) => response.writeHead(404).end());
  await expect(fetchRange(url, 0, 1)).rejects.toThrow('the server said 404');
  await expect(fetchFile(url)).rejects.toThrow('the server said 404');
  await expect(streamRange(url, 0, 1).read(new Uint8Array(1))).rejects.toThrow('the server said 404');
});
