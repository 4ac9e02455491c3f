import type { IncomingMessage, ServerResponse } from 'node:http';

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

export function redirect(response: ServerResponse, location: string): void {
  response.writeHead(302, { Location: location, 'Cache-Control': 'no-store' }).end();
}

/** The JSON of a request's body, or undefined when it is none or too large. Only JSON: a form elsewhere cannot send it. */
export async function jsonOf(request: IncomingMessage): Promise<unknown> {
  if (!/^application\/json\b/.test(request.headers['content-type'] ?? '')) return undefined;
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of piecesOf(request)) {
    size += piece.length;
    if (size > MAX_BODY) return undefined;
    pieces.push(piece);
  }
  try {
    return JSON.parse(Buffer.concat(pieces).toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}

/**
 * The body of a request, in pieces as they come.
 * @param silence how long nothing may come, milliseconds
 * @throws when it breaks off, or nothing comes for so long
 */
export async function* piecesOf(request: IncomingMessage, silence = 60_000): AsyncGenerator<Buffer> {
  // Given up half way, the request still wants its answer.
  const pieces = request.iterator({ destroyOnReturn: false }) as AsyncIterableIterator<Buffer>;
  const why = new Error(`nothing more came for ${silence / 1000} s`);
  const wait = () => setTimeout(() => request.destroy(why), silence);
  let late = wait();
  try {
    for await (const piece of pieces) {
      // Whoever takes the pieces may be slow too: only what is waited for counts.
      clearTimeout(late);
      yield piece;
      late = wait();
    }
  } finally {
    clearTimeout(late);
  }
}
