/** A file and parts of it over HTTP, in the page. */

/**
 * Browsers write what they fetch to their cache, also parts of files, and that takes as long as all else. Pages keep what
 * they look at again.
 */
const UNCACHED: { cache: 'no-store'; headers?: Record<string, string> } = { cache: 'no-store' };

/** The answer to a request for all of a file. */
export async function fetchFile(url: string | URL): Promise<Response> {
  const response = await fetch(url, UNCACHED);
  if (!response.ok) throw new Error(`the server said ${response.status}`);
  return response;
}

export interface RangeResponse {
  readonly bytes: Uint8Array;
  /** Size of the whole file as the server says it now, if it does. */
  readonly size: number | undefined;
}

/** Bytes `from` up to, not including, `to`; fewer at the end of the file, none behind it. */
export async function fetchRange(url: string, from: number, to: number): Promise<RangeResponse> {
  if (to <= from) return { bytes: new Uint8Array(), size: undefined };
  const { reader, size } = await openRange(url, from, to);
  let bytes = new Uint8Array(to - from);
  let filled = 0;
  try {
    while (filled < bytes.length) {
      const more = await reader.read(bytes.subarray(filled));
      bytes = new Uint8Array(more.buffer);
      if (more.length === 0) break;
      filled += more.length;
    }
  } finally {
    reader.cancel();
  }
  return { bytes: bytes.subarray(0, filled), size };
}

/** Bytes of a file as they come. */
export interface ByteReader {
  /**
   * Fills the beginning of some memory with those that are there, at least one, and gives them; none at the end. The memory
   * is taken away meanwhile: it comes back as the buffer of what is given.
   */
  read(into: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>>;
  /** Ends the transfer. */
  cancel(): void;
}

/** Reads bytes `from` up to, not including, `to`, as they come. */
export function streamRange(url: string, from: number, to: number): ByteReader {
  const opened = openRange(url, from, to);
  opened.catch(() => {});
  let left = to - from;
  return {
    async read(into) {
      const { reader } = await opened;
      if (left === 0) return into.subarray(0, 0);
      const bytes = await reader.read(into.subarray(0, left));
      left -= bytes.length;
      return bytes;
    },
    cancel: () => void opened.then(({ reader }) => reader.cancel()).catch(() => {}),
  };
}

/** Asks for bytes of a file; gives what reads them, and the size of the file if the server says it. */
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
  // A server that does not know of ranges gives the whole: what is before is passed over.
  let skip = response.status === 206 ? 0 : from;
  for (let room = new Uint8Array(CHUNK); skip > 0; ) {
    const passed = await reader.read(room.subarray(0, skip));
    if (passed.length === 0) break;
    skip -= passed.length;
    room = new Uint8Array(passed.buffer);
  }
  return { reader, size };
}

/** Bytes of an answer that are read at once. */
const CHUNK = 128 * 1024;

/** The body of an answer, piece by piece; leaving the loop ends the transfer. */
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

/** Reads an answer straight into memory where the browser can: that takes two thirds of the time. */
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
