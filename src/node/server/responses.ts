import type { IncomingMessage, ServerResponse } from 'node:http';

/** The largest JSON body where the caller states no other limit, bytes. */
const MAX_BODY = 4096;

/** Answers with a value as JSON. */
export function json(
  response: ServerResponse,
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Cache-Control': 'no-store',
    ...headers,
  });
  response.end(`${JSON.stringify(value)}\n`);
}

/** Answers without a body. */
export function noContent(response: ServerResponse): void {
  response.writeHead(204, { 'Cache-Control': 'no-store' }).end();
}

export function redirect(response: ServerResponse, location: string): void {
  response.writeHead(302, { Location: location, 'Cache-Control': 'no-store' }).end();
}

/**
 * Reads the body of a request as JSON.
 * @returns undefined if it is no JSON, is too large, or does not say that it is JSON: a form on another site cannot say so
 */
export async function readJson(request: IncomingMessage, maxBytes = MAX_BODY): Promise<unknown> {
  if (!/^application\/json\b/.test(request.headers['content-type'] ?? '')) return undefined;
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of bodyOf(request)) {
    size += piece.length;
    if (size > maxBytes) return undefined;
    pieces.push(piece);
  }
  try {
    return JSON.parse(Buffer.concat(pieces).toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}

/**
 * The body of a request, as it arrives.
 * @param timeout how long the sender may pause, milliseconds; time that the consumer takes does not count
 * @throws if the connection breaks, or the sender pauses longer
 */
export async function* bodyOf(request: IncomingMessage, timeout = 60_000): AsyncGenerator<Buffer> {
  // A request whose body is not read to the end still needs its response.
  const pieces = request.iterator({ destroyOnReturn: false }) as AsyncIterableIterator<Buffer>;
  const error = new Error(`the sender was silent for ${timeout / 1000} s`);
  const startTimer = () => setTimeout(() => request.destroy(error), timeout);
  let timer = startTimer();
  try {
    for await (const piece of pieces) {
      clearTimeout(timer);
      yield piece;
      timer = startTimer();
    }
  } finally {
    clearTimeout(timer);
  }
}
