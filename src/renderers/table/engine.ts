import type { TableFacts } from './look.ts';
import { createStore, type Row, type SortBy, type Store } from './store.ts';

/** The whole table as its page uses it: here, for a small one, or in a worker. */
export interface Engine {
  /** Reads the whole file; gives its rows without the header. */
  load(progress: (bytes: number) => void): Promise<number>;
  /** These give the number of rows in view. */
  sort(by: SortBy | undefined): Promise<number>;
  filter(text: string): Promise<number>;
  rows(from: number, count: number): Promise<Row[]>;
}

/** A table whose text is in its page. */
export function localEngine(facts: TableFacts, text: string): Engine {
  const bytes = new TextEncoder().encode(text);
  const store = storeFor(facts, bytes.length);
  return {
    load: async () => {
      store.append(bytes);
      store.finish();
      return store.rowCount();
    },
    sort: async (by) => store.sort(by),
    filter: async (filter) => store.filter(filter),
    rows: async (from, count) => store.rows(from, count),
  };
}

type Question =
  | { readonly ask: 'load'; readonly facts: TableFacts; readonly url: string }
  | { readonly ask: 'sort'; readonly by: SortBy | undefined }
  | { readonly ask: 'filter'; readonly text: string }
  | { readonly ask: 'rows'; readonly from: number; readonly count: number };
type Answer =
  | { readonly id: number; readonly value?: number | Row[]; readonly error?: string }
  | { readonly progress: number };

/**
 * A table that a worker fetches and keeps, so that the page stays alive. `script`: URL of this bundle, which is the
 * worker's program too; a sandboxed page may start workers from blobs only.
 */
export function workerEngine(facts: TableFacts, url: string, script: string): Engine {
  const program = new Blob([`importScripts(${JSON.stringify(script)})`], { type: 'text/javascript' });
  const worker = new Worker(URL.createObjectURL(program));
  const waiting = new Map<number, { resolve: (value: number | Row[]) => void; reject: (error: Error) => void }>();
  let onProgress: (bytes: number) => void = () => {};
  let next = 0;
  worker.onmessage = ({ data }: MessageEvent<Answer>) => {
    if ('progress' in data) {
      onProgress(data.progress);
      return;
    }
    const asked = waiting.get(data.id);
    waiting.delete(data.id);
    if (data.error === undefined) asked?.resolve(data.value ?? 0);
    else asked?.reject(new Error(data.error));
  };
  worker.onerror = (event) => {
    for (const { reject } of waiting.values()) reject(new Error(event.message || 'the worker could not start'));
    waiting.clear();
  };
  const ask = (question: Question): Promise<number | Row[]> =>
    new Promise((resolve, reject) => {
      waiting.set(next, { resolve, reject });
      worker.postMessage({ id: next++, ...question });
    });
  return {
    load: (progress) => {
      onProgress = progress;
      return (ask({ ask: 'load', facts, url }) as Promise<number>).catch((error: unknown) => {
        // What it has read so far is of no use: the next attempt begins anew.
        worker.terminate();
        throw error;
      });
    },
    sort: (by) => ask({ ask: 'sort', by }) as Promise<number>,
    filter: (text) => ask({ ask: 'filter', text }) as Promise<number>,
    rows: (from, count) => ask({ ask: 'rows', from, count }) as Promise<Row[]>,
  };
}

/** The other end: answers the page's questions, one after another. */
export function answerInWorker(): void {
  let store: Store | undefined;
  const answer = async (question: Question): Promise<number | Row[]> => {
    if (question.ask === 'load') {
      store = storeFor(question.facts, question.facts.size);
      await fetchInto(store, question.url, question.facts.charset, (progress) => postMessage({ progress }));
      return store.rowCount();
    }
    if (!store) throw new Error('the table is not loaded');
    if (question.ask === 'sort') return store.sort(question.by);
    if (question.ask === 'filter') return store.filter(question.text);
    return store.rows(question.from, question.count);
  };
  addEventListener('message', ({ data }: MessageEvent<Question & { id: number }>) => {
    answer(data).then(
      (value) => postMessage({ id: data.id, value }),
      (error: unknown) => postMessage({ id: data.id, error: said(error) }),
    );
  });
}

function storeFor(facts: TableFacts, bytes: number): Store {
  return createStore({ dialect: facts.dialect, header: facts.header, columns: facts.columns, capacity: bytes });
}

function said(error: unknown): string {
  if (error instanceof RangeError) return 'the browser has not enough memory for a table of this size';
  return error instanceof Error ? error.message : String(error);
}

async function fetchInto(store: Store, url: string, charset: string, progress: (bytes: number) => void): Promise<void> {
  const response = await fetch(url);
  if (!response.ok || !response.body) throw new Error(`the server answered ${response.status}`);
  const decoder = charset === 'utf-8' ? undefined : new TextDecoder(charset);
  const encoder = new TextEncoder();
  const reader = response.body.getReader();
  let done = 0;
  let told = 0;
  for (;;) {
    const { value, done: end } = await reader.read();
    if (end) break;
    if (decoder) store.append(encoder.encode(decoder.decode(value, { stream: true })));
    // A mark at the head of the file is no part of its first cell.
    else
      store.append(
        done === 0 && value[0] === 0xef && value[1] === 0xbb && value[2] === 0xbf ? value.subarray(3) : value,
      );
    done += value.length;
    if (performance.now() - told > 100) {
      told = performance.now();
      progress(done);
    }
  }
  store.finish();
}
