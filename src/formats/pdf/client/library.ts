/** pdf.js, set up for a page without an origin: its worker and its extras come from scripts that lie beside the page. */
import {
  getDocument,
  PDFDataRangeTransport,
  type PDFDocumentLoadingTask,
  PDFWorker,
} from 'pdfjs-dist/legacy/build/pdf.mjs';
import { fetchRange } from '../../../shared/kit/ranges/fetch-range.ts';
import { extraOf } from '../shared/extras.ts';

/** Files of this size come at once; of larger ones the beginning, and then the parts that are needed. */
const FIRST = 512 * 1024;
/** Bytes of a further request: what lists the pages is strewn over the whole file in many documents. */
const PART = 64 * 1024;
const TRIES = 5;

/** Loads a classic script once it is needed. */
function loadScript(url: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = url;
    script.onload = () => resolve();
    script.onerror = () => reject(new Error(`${url} could not be loaded`));
    document.head.append(script);
  });
}

/** A worker that runs `url`, or nothing where a page may not have one; then the same script runs in the page. */
async function startWorker(url: string): Promise<PDFWorker | undefined> {
  try {
    // A sandboxed page may not start a worker from a file, but from a blob that names one.
    const text = `importScripts(${JSON.stringify(url)});postMessage('there')`;
    const blob = URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));
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

/** The bytes of the file: all of them, or a way to those that are wanted. */
async function contentOf(
  url: string,
  failed: (error: Error) => void,
): Promise<{ data: Uint8Array } | { range: Parts }> {
  const response = await fetch(url, { headers: { Range: `bytes=0-${FIRST - 1}` } });
  if (!response.ok) throw new Error(`the server said ${response.status}`);
  // A server that knows of no ranges gives the whole.
  const data = new Uint8Array(await response.arrayBuffer());
  const size = Number(/\/(\d+)$/.exec(response.headers.get('Content-Range') ?? '')?.[1] ?? data.length);
  return size <= data.length ? { data } : { range: new Parts(url, size, data, failed) };
}

/** Gives pdf.js the parts that it asks for, where its own way would ask for the whole file first. */
class Parts extends PDFDataRangeTransport {
  readonly #url: string;
  readonly #failed: (error: Error) => void;

  constructor(url: string, size: number, first: Uint8Array, failed: (error: Error) => void) {
    super(size, first);
    this.#url = url;
    this.#failed = failed;
  }

  override requestDataRange(begin: number, end: number): void {
    void this.#get(begin, end);
  }

  async #get(begin: number, end: number): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        const { bytes } = await fetchRange(this.#url, begin, end);
        return this.onDataRange(begin, bytes);
      } catch (error) {
        if (tries === TRIES) return this.#failed(error instanceof Error ? error : new Error(String(error)));
        await new Promise((done) => setTimeout(done, 200 * tries));
      }
    }
  }
}

/**
 * Opens the file at `url` by as few of its bytes as will do. Scripts of the document are not run, and forms not filled.
 *
 * @param extras where the scripts of `extras.ts` are, by their names
 * @param failed hears of parts that could not be had later
 * @param lacks hears of files that pdf.js asks for and none of the scripts has
 */
export async function open(
  url: string,
  worker: string,
  extras: ReadonlyMap<string, string>,
  failed: (error: Error) => void,
  lacks: (filename: string) => void,
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
      const found = globalThis.webpipePdfExtras?.[filename];
      if (!found) {
        lacks(filename);
        throw new Error(`${filename} is not there`);
      }
      // Its buffer is given away to the worker.
      return found.slice();
    }
  }
  const [content, thread] = await Promise.all([contentOf(url, failed), startWorker(worker)]);
  return getDocument({
    ...content,
    worker: thread,
    rangeChunkSize: PART,
    disableAutoFetch: true,
    disableStream: true,
    isEvalSupported: false,
    enableXfa: false,
    stopAtErrors: false,
    useWorkerFetch: false,
    useSystemFonts: true,
    BinaryDataFactory: Extras,
    // Asked for by name from the factory above.
    wasmUrl: 'extras/',
    standardFontDataUrl: 'extras/',
    cMapUrl: 'extras/',
    cMapPacked: true,
    maxImageSize: 100_000_000,
    canvasMaxAreaInBytes: 256_000_000,
    verbosity: 0,
  });
}
