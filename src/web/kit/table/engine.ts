import { chunksOf, fetchFile, fetchRange } from '../../../shared/kit/ranges/fetch-range.ts';
import type { TextTableData } from '../../../shared/kit/table/page-data.ts';
import { createTextTable, type TableView, type TextTable } from '../../../shared/kit/table/text-table.ts';
import { bomLength, type Charset } from '../../../shared/kit/text/charset.ts';
import { asUtf8 } from './as-utf8.ts';
import { openIndexedTable } from './indexed-table.ts';
import { buildZonesInWorker } from './zone-worker.ts';

/** The whole table as its page uses it: here, for a small one, or in a worker. */
export interface LazyTable extends Omit<TableView, 'rowCount' | 'more'> {
  /** Reads what it needs to begin. `progress` is told of the part done, 0 to 1. */
  load(progress: OnProgress): Promise<TableSize>;
}

/** The table's rows without the header, and whether its file has more than these. */
export interface TableSize {
  readonly rows: number;
  readonly hasMore: boolean;
}

const loaded = (store: TableView): TableSize => ({ rows: store.rowCount(), hasMore: store.hasMore ?? false });

export type OnProgress = (part: number) => void;
/** How a table is opened, in the page or in the worker. */
export type OpenTable<Facts> = (facts: Facts, url: string, progress: OnProgress) => Promise<TableView>;

/** A table that is small enough to be kept by the page itself. */
export function tableInPage(open: () => Promise<TableView>): LazyTable {
  let store: TableView;
  return {
    load: async () => {
      store = await open();
      return loaded(store);
    },
    sort: (by) => store.sort(by),
    filter: (text) => store.filter(text),
    rows: (from, count) => store.rows(from, count),
    summary: (column) => store.summary(column),
    curves: (x, ys) => store.curves(x, ys),
  };
}

/** What can be asked of a table in a worker, with what it takes. */
type TableMethod = 'sort' | 'filter' | 'rows' | 'summary' | 'curves';
type TableRequest =
  | { readonly ask: 'load'; readonly with: readonly [facts: unknown, url: string] }
  | { readonly [A in TableMethod]: { readonly ask: A; readonly with: Parameters<TableView[A]> } }[TableMethod];
type TableResponse =
  | { readonly id: number; readonly value?: unknown; readonly error?: string }
  | { readonly progress: number };

/**
 * A table that a worker fetches and keeps, so that the page stays alive. `script`: URL of this bundle, which is the
 * worker's program too; a sandboxed page may start workers from blobs only.
 */
export function tableInWorker(facts: unknown, url: string, script: string): LazyTable {
  const program = new Blob([`importScripts(${JSON.stringify(script)})`], { type: 'text/javascript' });
  const worker = new Worker(URL.createObjectURL(program));
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  let onProgress: OnProgress = () => {};
  let next = 0;
  worker.onmessage = ({ data }: MessageEvent<TableResponse>) => {
    if ('progress' in data) {
      onProgress(data.progress);
      return;
    }
    const asked = waiting.get(data.id);
    waiting.delete(data.id);
    if (data.error === undefined) asked?.resolve(data.value);
    else asked?.reject(new Error(data.error));
  };
  worker.onerror = (event) => {
    for (const { reject } of waiting.values()) reject(new Error(event.message || 'the worker could not start'));
    waiting.clear();
  };
  const post = (question: TableRequest): Promise<unknown> =>
    new Promise((resolve, reject) => {
      waiting.set(next, { resolve, reject });
      worker.postMessage({ id: next++, ...question });
    });
  const ask = <A extends TableMethod>(name: A, ...args: Parameters<TableView[A]>): ReturnType<TableView[A]> =>
    post({ ask: name, with: args } as TableRequest) as ReturnType<TableView[A]>;
  return {
    load: (progress) => {
      onProgress = progress;
      return (post({ ask: 'load', with: [facts, url] }) as Promise<TableSize>).catch((error: unknown) => {
        // What it has read so far is of no use: the next attempt begins anew.
        worker.terminate();
        throw error;
      });
    },
    sort: (by) => ask('sort', by),
    filter: (text) => ask('filter', text),
    rows: (from, count) => ask('rows', from, count),
    summary: (column) => ask('summary', column),
    curves: (x, ys) => ask('curves', x, ys),
  };
}

/** The other end: opens the table that the page names and answers its questions. */
export function serveTable<Facts>(open: OpenTable<Facts>): void {
  let store: TableView | undefined;
  let told = 0;
  const progress: OnProgress = (part) => {
    if (performance.now() - told < 100) return;
    told = performance.now();
    postMessage({ progress: part });
  };
  let last: Promise<unknown> = Promise.resolve();
  const answer = (question: TableRequest): Promise<unknown> => {
    if (question.ask === 'rows') return work(question);
    // One after another: what changes the view, or reads the whole.
    last = last.then(
      () => work(question),
      () => work(question),
    );
    return last;
  };
  const work = async (question: TableRequest): Promise<unknown> => {
    if (question.ask === 'load') {
      const [facts, url] = question.with;
      store = await open(facts as Facts, url, progress);
      return loaded(store);
    }
    if (!store) throw new Error('the table is not loaded');
    switch (question.ask) {
      case 'sort':
        return store.sort(...question.with);
      case 'filter':
        return store.filter(...question.with);
      case 'rows':
        return store.rows(...question.with);
      case 'summary':
        return store.summary(...question.with);
      case 'curves':
        return store.curves(...question.with);
    }
  };
  addEventListener('message', ({ data }: MessageEvent<TableRequest & { id: number }>) => {
    answer(data).then(
      (value) => postMessage({ id: data.id, value }),
      (error: unknown) => postMessage({ id: data.id, error: errorMessage(error) }),
    );
  });
}

function errorMessage(error: unknown): string {
  if (error instanceof RangeError && /allocation|length/i.test(error.message))
    return 'the browser has not enough memory for a table of this size';
  return error instanceof Error ? error.message : String(error);
}

/** A table of text that is in its page. */
export async function parseTextTable(facts: TextTableData, text: string): Promise<TableView> {
  const bytes = new TextEncoder().encode(text);
  const store = storeFor(facts, bytes.length);
  store.append(bytes);
  store.finish();
  return store;
}

/** Text of so many bytes is kept as a whole; of more only what is looked at. */
const MAX_IN_MEMORY_BYTES = 64 * 1024 * 1024;

/** A table of text that is fetched: whole, or where it is large, by the rows that are looked at. */
export async function fetchTextTable(facts: TextTableData, url: string, progress: OnProgress): Promise<TableView> {
  if (facts.size > MAX_IN_MEMORY_BYTES) {
    const { charset } = facts;
    const start = bomLength((await fetchRange(url, 0, 3)).bytes, charset);
    const range = async (from: number, to: number): Promise<Uint8Array> => (await fetchRange(url, from, to)).bytes;
    const stream = (): AsyncGenerator<Uint8Array> => streamFrom(url, start);
    if (charset === 'utf-8')
      return openIndexedTable({ ...facts, start, range, stream, buildZones: buildZonesInWorker }, progress);
    const file = asUtf8(charset, { stream, range: (from, to) => range(from + start, to + start) });
    // A character of one byte may have three in UTF-8; most have as many as before, or half as many as in UTF-16.
    const size = facts.size * (charset === 'windows-1252' ? 3 : 1.5);
    const part = (done: number): void => progress(Math.min(1, done * 3));
    return openIndexedTable({ ...facts, ...file, size, start: 0, buildZones: buildZonesInWorker }, part);
  }
  const store = storeFor(facts, facts.size);
  await fetchInto(store, url, facts.charset, (bytes) => progress(bytes / facts.size));
  return store;
}

function storeFor(facts: TextTableData, capacity: number): TextTable {
  const { dialect, header, columns, types } = facts;
  return createTextTable({ dialect, header, columns, types, capacity });
}

/** The bytes of a file from `start` on, as they come. */
export async function* streamFrom(url: string, start: number): AsyncGenerator<Uint8Array> {
  const response = await fetchFile(url);
  let skip = start;
  for await (const chunk of chunksOf(response)) {
    yield chunk.subarray(skip);
    skip -= Math.min(skip, chunk.length);
  }
}

async function fetchInto(
  store: TextTable,
  url: string,
  charset: Charset,
  progress: (bytes: number) => void,
): Promise<void> {
  const response = await fetchFile(url);
  const decoder = charset === 'utf-8' ? undefined : new TextDecoder(charset);
  const encoder = new TextEncoder();
  let done = 0;
  for await (const value of chunksOf(response)) {
    if (decoder) store.append(encoder.encode(decoder.decode(value, { stream: true })));
    // A mark at the head of the file is no part of its first cell.
    else store.append(done === 0 ? value.subarray(bomLength(value)) : value);
    done += value.length;
    progress(done);
  }
  store.finish();
}
