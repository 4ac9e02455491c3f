/** Reads files and byte ranges over HTTP, in a page or its worker. */

/**
 * Bypasses the HTTP cache: writing responses to it takes browsers as long as the transfer itself. Callers cache what they
 * need again.
 */
const UNCACHED: { cache: 'no-store'; headers?: Record<string, string> } = { cache: 'no-store' };

/** Requests a whole file. Throws unless the status is 2xx. */
export async function fetchFile(url: string | URL): Promise<Response> {
  const response = await fetch(url, UNCACHED);
  if (!response.ok) throw new Error(`the server said ${response.status}`);
  return response;
}

export interface RangeResponse {
  readonly bytes: Uint8Array;
  /** Current size of the whole file in bytes, if the server reports it. */
  readonly size: number | undefined;
}

/** Fetches bytes `from` to before `to`; fewer at the end of the file, none beyond it. */
export async function fetchRange(url: string, from: number, to: number): Promise<RangeResponse> {
  if (to <= from) return { bytes: new Uint8Array(), size: undefined };
  const { reader, size } = await openRange(url, from, to);
  let bytes = new Uint8Array(to - from);
  let filled = 0;
  try {
    while (filled < bytes.length) {
      const chunk = await reader.read(bytes.subarray(filled));
      bytes = new Uint8Array(chunk.buffer);
      if (chunk.length === 0) break;
      filled += chunk.length;
    }
  } finally {
    reader.cancel();
  }
  return { bytes: bytes.subarray(0, filled), size };
}

/** Reads a response body into memory of the caller. */
export interface ByteReader {
  /**
   * Reads at least one byte into the beginning of `into` and resolves to the bytes read; to none at the end. `into` is
   * detached: use the buffer of the result instead.
   */
  read(into: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>>;
  /** Ends the transfer. */
  cancel(): void;
}

/** Streams bytes `from` to before `to`. */
export function streamRange(url: string, from: number, to: number): ByteReader {
  const opened = openRange(url, from, to);
  opened.catch(() => {});
  let remaining = to - from;
  return {
    async read(into) {
      const { reader } = await opened;
      if (remaining === 0) return into.subarray(0, 0);
      const bytes = await reader.read(into.subarray(0, remaining));
      remaining -= bytes.length;
      return bytes;
    },
    cancel: () => void opened.then(({ reader }) => reader.cancel()).catch(() => {}),
  };
}

/** Requests a byte range. Resolves to a reader of its bytes, and the size of the file if the server reports it. */
async function openRange(
  url: string,
  from: number,
  to: number,
): Promise<{ reader: ByteReader; size: number | undefined }> {
  const response = await fetch(url, { ...UNCACHED, headers: { Range: `bytes=${from}-${to - 1}` } });
  const total = Number(/\/(\d+)$/.exec(response.headers.get('Content-Range') ?? '')?.[1] ?? Number.NaN);
  const size = Number.isNaN(total) ? undefined : total;
  if (response.status === 416) return { reader: readerOf(new Response()), size };
  if (!response.ok) throw new Error(`the server said ${response.status}`);
  const reader = readerOf(response);
  // A server without range support sends the whole file: skip the bytes before the range.
  let skip = response.status === 206 ? 0 : from;
  for (let buffer = new Uint8Array(CHUNK); skip > 0; ) {
    const skipped = await reader.read(buffer.subarray(0, skip));
    if (skipped.length === 0) break;
    skip -= skipped.length;
    buffer = new Uint8Array(skipped.buffer);
  }
  return { reader, size };
}

/** Buffer size for reading a response. */
const CHUNK = 128 * 1024;

/** The chunks of a response body. Leaving the loop cancels the transfer. */
export async function* chunksOf(response: Response): AsyncGenerator<Uint8Array> {
  const reader = readerOf(response);
  try {
    for (;;) {
      const bytes = await reader.read(new Uint8Array(CHUNK));
      if (bytes.length === 0) return;
      yield bytes;
    }
  } finally {
    reader.cancel();
  }
}

/** The bytes of a file from offset `start` on, in chunks. */
export async function* streamFrom(url: string, start: number): AsyncGenerator<Uint8Array> {
  const response = await fetchFile(url);
  let skip = start;
  for await (const chunk of chunksOf(response)) {
    yield chunk.subarray(skip);
    skip -= Math.min(skip, chunk.length);
  }
}

/** Reads a response through a BYOB reader where the browser has one: it takes two thirds of the time. */
function readerOf({ body }: Response): ByteReader {
  try {
    const reader = body?.getReader({ mode: 'byob' });
    return {
      read: async (into) => (await reader?.read(into))?.value ?? new Uint8Array(),
      cancel: () => void reader?.cancel().catch(() => {}),
    };
  } catch {
    const reader = body?.getReader();
    let rest = new Uint8Array();
    return {
      async read(into) {
        if (rest.length === 0) rest = (await reader?.read())?.value ?? rest;
        const bytes = rest.subarray(0, into.length);
        rest = rest.subarray(bytes.length);
        into.set(bytes);
        return into.subarray(0, bytes.length);
      },
      cancel: () => void reader?.cancel().catch(() => {}),
    };
  }
}
