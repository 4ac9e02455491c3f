/** Sets up pdf.js for a page without an origin: worker and resources are loaded as scripts. */
import {
  getDocument,
  PDFDataRangeTransport,
  type PDFDocumentLoadingTask,
  PDFWorker,
} from 'pdfjs-dist/legacy/build/pdf.mjs';
import { fetchRange } from '../../../shared/kit/ranges/fetch-range.ts';
import { extraOf } from '../shared/extras.ts';

/** Bytes of the first request, which loads smaller files completely. */
const FIRST_REQUEST = 512 * 1024;
/** Bytes of further requests: small, because the page tree is often scattered over the file. */
const CHUNK_SIZE = 64 * 1024;
const MAX_ATTEMPTS = 5;

/** Loads a classic script. */
function loadScript(url: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = url;
    script.onload = () => resolve();
    script.onerror = () => reject(new Error(`${url} could not be loaded`));
    document.head.append(script);
  });
}

/** Starts a worker with the script `url`. If that fails, loads the script into the page and returns undefined. */
async function startWorker(url: string): Promise<PDFWorker | undefined> {
  try {
    // A sandboxed page cannot start a worker from a URL, but from a blob that imports one.
    const script = `importScripts(${JSON.stringify(url)});postMessage('there')`;
    const blob = URL.createObjectURL(new Blob([script], { type: 'text/javascript' }));
    const port = new Worker(blob);
    await new Promise<void>((resolve, reject) => {
      port.addEventListener('message', () => resolve(), { once: true });
      port.addEventListener('error', (event) => reject(new Error(event.message)), { once: true });
    });
    return PDFWorker.create({ port });
  } catch {
    await loadScript(url);
    return undefined;
  }
}

/** The bytes of the file, or a transport that loads ranges of it. */
async function contentOf(
  url: string,
  onRangeError: (error: Error) => void,
): Promise<{ data: Uint8Array } | { range: RangeTransport }> {
  const response = await fetch(url, { headers: { Range: `bytes=0-${FIRST_REQUEST - 1}` } });
  if (!response.ok) throw new Error(`the server responded with ${response.status}`);
  // A server without support for ranges sends the complete file.
  const data = new Uint8Array(await response.arrayBuffer());
  const size = Number(/\/(\d+)$/.exec(response.headers.get('Content-Range') ?? '')?.[1] ?? data.length);
  return size <= data.length ? { data } : { range: new RangeTransport(url, size, data, onRangeError) };
}

/** Loads ranges on request. The transport of pdf.js would request the complete file first. */
class RangeTransport extends PDFDataRangeTransport {
  readonly #url: string;
  readonly #failed: (error: Error) => void;

  constructor(url: string, size: number, first: Uint8Array, onRangeError: (error: Error) => void) {
    super(size, first);
    this.#url = url;
    this.#failed = onRangeError;
  }

  override requestDataRange(begin: number, end: number): void {
    void this.#get(begin, end);
  }

  async #get(begin: number, end: number): Promise<void> {
    for (let attempts = 1; ; attempts++) {
      try {
        const { bytes } = await fetchRange(this.#url, begin, end);
        return this.onDataRange(begin, bytes);
      } catch (error) {
        if (attempts === MAX_ATTEMPTS) return this.#failed(error instanceof Error ? error : new Error(String(error)));
        await new Promise((done) => setTimeout(done, 200 * attempts));
      }
    }
  }
}

/**
 * Opens the file at `url`, loading only the ranges that are needed. Scripts of the document do not run.
 *
 * @param extras URLs of the scripts in `extras.ts`, by name
 * @param onRangeError called when a later range cannot be loaded
 * @param onMissing called with the name of a resource that none of the scripts contains
 */
export async function open(
  url: string,
  worker: string,
  extras: ReadonlyMap<string, string>,
  onRangeError: (error: Error) => void,
  onMissing: (filename: string) => void,
): Promise<PDFDocumentLoadingTask> {
  const loaded = new Map<string, Promise<void>>();
  class Extras {
    async fetch({ filename }: { filename: string }): Promise<Uint8Array> {
      const script = extraOf(filename);
      let loading = loaded.get(script);
      if (!loading) {
        loading = loadScript(extras.get(script) ?? '');
        loaded.set(script, loading);
      }
      await loading;
      const resource = globalThis.webpipePdfExtras?.[filename];
      if (!resource) {
        onMissing(filename);
        throw new Error(`${filename} is not available`);
      }
      // A copy, because the buffer is transferred to the worker.
      return resource.slice();
    }
  }
  const [content, thread] = await Promise.all([contentOf(url, onRangeError), startWorker(worker)]);
  return getDocument({
    ...content,
    worker: thread,
    rangeChunkSize: CHUNK_SIZE,
    disableAutoFetch: true,
    disableStream: true,
    isEvalSupported: false,
    enableXfa: false,
    stopAtErrors: false,
    useWorkerFetch: false,
    useSystemFonts: true,
    BinaryDataFactory: Extras,
    // Prefixes without meaning: the factory above uses only the names of files.
    wasmUrl: 'extras/',
    standardFontDataUrl: 'extras/',
    cMapUrl: 'extras/',
    cMapPacked: true,
    maxImageSize: 100_000_000,
    canvasMaxAreaInBytes: 256_000_000,
    verbosity: 0,
  });
}
