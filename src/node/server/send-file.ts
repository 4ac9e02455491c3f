import type { IncomingMessage, ServerResponse } from 'node:http';
import fresh from 'fresh';
import parseRange from 'range-parser';
import type { OpenFile } from '../directory/open-file.ts';

/**
 * Answers a GET or HEAD request with a file: with the part that `Range` asks for, with 304 if the client's copy is
 * current, with 416 for a range outside of the file. Headers that are set already, such as `Content-Type`, stay.
 * Resolves when the response has ended.
 */
export async function sendFile(request: IncomingMessage, response: ServerResponse, file: OpenFile): Promise<void> {
  const { size } = file;
  const etag = `W/"${size.toString(16)}-${file.modified.getTime().toString(16)}"`;
  const modified = file.modified.toUTCString();
  response.setHeader('Accept-Ranges', 'bytes');
  response.setHeader('ETag', etag);
  response.setHeader('Last-Modified', modified);
  if (fresh(request.headers, { etag, 'last-modified': modified })) {
    response.removeHeader('Content-Type');
    response.writeHead(304).end();
    return;
  }
  const range = rangeOf(request, size, etag, file.modified);
  if (range === 'unsatisfiable') {
    response.writeHead(416, { 'Content-Range': `bytes */${size}`, 'Content-Type': 'text/plain; charset=utf-8' });
    response.end('this range is not in the file\n');
    return;
  }
  if (range) response.setHeader('Content-Range', `bytes ${range.start}-${range.end}/${size}`);
  response.writeHead(range ? 206 : 200, { 'Content-Length': range ? range.end - range.start + 1 : size });
  if (request.method === 'HEAD' || size === 0) return void response.end();
  await pipe(file, range, response);
}

interface Range {
  /** The first and the last byte. */
  readonly start: number;
  readonly end: number;
}

/** The range that a request asks for; undefined for the whole file, which also answers several ranges. */
function rangeOf(
  { headers }: IncomingMessage,
  size: number,
  etag: string,
  modified: Date,
): Range | 'unsatisfiable' | undefined {
  const { range } = headers;
  const condition = headers['if-range'];
  if (range === undefined || !range.startsWith('bytes=') || !isCurrent(condition, etag, modified)) return undefined;
  const ranges = parseRange(size, range, { combine: true });
  if (ranges === -1) return 'unsatisfiable';
  return ranges === -2 || ranges.length !== 1 ? undefined : ranges[0];
}

/** Whether the client's copy, as `If-Range` describes it, is of the same version of the file. */
function isCurrent(condition: string | string[] | undefined, etag: string, modified: Date): boolean {
  if (typeof condition !== 'string') return condition === undefined;
  if (condition.includes('"')) return condition === etag || `W/${condition}` === etag;
  // HTTP dates have whole seconds.
  return Math.floor(modified.getTime() / 1000) * 1000 <= Date.parse(condition);
}

function pipe(file: OpenFile, range: Range | undefined, response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const stream = file.read(range?.start ?? 0, range?.end ?? file.size - 1);
    stream.on('error', () => response.destroy());
    response.once('close', () => {
      stream.destroy();
      resolve();
    });
    stream.pipe(response);
  });
}
