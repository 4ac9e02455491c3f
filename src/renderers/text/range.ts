/** Parts of a file over HTTP, in the page. */

export interface Part {
  readonly bytes: Uint8Array;
  /** Size of the whole file as the server says it now, if it does. */
  readonly size: number | undefined;
}

/** Bytes `from` up to, not including, `to`; fewer at the end of the file, none behind it. */
export async function fetchRange(url: string, from: number, to: number, fresh = false): Promise<Part> {
  if (to <= from) return { bytes: new Uint8Array(), size: undefined };
  const response = await fetch(url, {
    headers: { Range: `bytes=${from}-${to - 1}` },
    cache: fresh ? 'no-store' : 'default',
  });
  const size = Number(/\/(\d+)$/.exec(response.headers.get('Content-Range') ?? '')?.[1] ?? Number.NaN);
  const known = Number.isNaN(size) ? undefined : size;
  if (response.status === 416) return { bytes: new Uint8Array(), size: known };
  if (!response.ok) throw new Error(`the server said ${response.status}`);
  if (response.status === 206) return { bytes: new Uint8Array(await response.arrayBuffer()), size: known };
  return skipTo(response, from, to);
}

/** Where a server does not know of ranges: reads the whole answer as far as it is needed. */
async function skipTo(response: Response, from: number, to: number): Promise<Part> {
  const out = new Uint8Array(to - from);
  let at = 0;
  let filled = 0;
  for await (const chunk of chunksOf(response)) {
    const wanted = chunk.subarray(Math.max(0, from - at), Math.max(0, to - at));
    out.set(wanted, filled);
    filled += wanted.length;
    at += chunk.length;
    if (at >= to) break;
  }
  return { bytes: out.subarray(0, filled), size: undefined };
}

/** The body of an answer, piece by piece; leaving the loop ends the transfer. */
export async function* chunksOf(response: Response): AsyncGenerator<Uint8Array> {
  const reader = response.body?.getReader();
  if (!reader) return;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}
