import type { LazyTable, OnProgress, TableSize, TableView } from '../../../shared/kit/table/table-view.ts';

/** Opens a table from the data of its page. Called in the page or in the worker. */
export type OpenTable<Data> = (data: Data, url: string, onProgress: OnProgress) => Promise<TableView>;

/** A table in the page itself; for small tables. */
export function tableInPage(open: () => Promise<TableView>): LazyTable {
  let table: TableView;
  return {
    load: async () => {
      table = await open();
      return sizeOf(table);
    },
    sort: (order) => table.sort(order),
    filter: (text) => table.filter(text),
    rows: (from, count) => table.rows(from, count),
    summary: (column) => table.summary(column),
    curves: (x, ys) => table.curves(x, ys),
  };
}

/** The methods of a table that the page calls in the worker. */
type TableMethod = 'sort' | 'filter' | 'rows' | 'summary' | 'curves';
/** A message from the page to the worker, without its id. */
type TableRequest =
  | { readonly method: 'load'; readonly args: readonly [data: unknown, url: string] }
  | { readonly [M in TableMethod]: { readonly method: M; readonly args: Parameters<TableView[M]> } }[TableMethod];
/** A message from the worker to the page: the result of the request `id`, or the progress of the current one. */
type TableResponse =
  | { readonly id: number; readonly value?: unknown; readonly error?: string }
  | { readonly progress: number };

/**
 * A table in a worker, so that the page stays responsive. The worker must call `serveTable`.
 * @param data the table's data in the page
 * @param url URL of the file
 * @param script URL of the worker's script
 */
export function tableInWorker(data: unknown, url: string, script: string): LazyTable {
  // A sandboxed page may not start a worker from a URL, but from a blob that imports it.
  const program = new Blob([`importScripts(${JSON.stringify(script)})`], { type: 'text/javascript' });
  const worker = new Worker(URL.createObjectURL(program));
  const pending = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  let reportProgress: OnProgress = () => {};
  let nextId = 0;
  worker.onmessage = ({ data: response }: MessageEvent<TableResponse>) => {
    if ('progress' in response) {
      reportProgress(response.progress);
      return;
    }
    const request = pending.get(response.id);
    pending.delete(response.id);
    if (response.error === undefined) request?.resolve(response.value);
    else request?.reject(new Error(response.error));
  };
  worker.onerror = (event) => {
    for (const { reject } of pending.values()) reject(new Error(event.message || 'the worker could not start'));
    pending.clear();
  };
  const post = (request: TableRequest): Promise<unknown> =>
    new Promise((resolve, reject) => {
      pending.set(nextId, { resolve, reject });
      worker.postMessage({ id: nextId++, ...request });
    });
  const call = <M extends TableMethod>(method: M, ...args: Parameters<TableView[M]>): ReturnType<TableView[M]> =>
    post({ method, args } as TableRequest) as ReturnType<TableView[M]>;
  return {
    load: (onProgress) => {
      reportProgress = onProgress;
      return (post({ method: 'load', args: [data, url] }) as Promise<TableSize>).catch((error: unknown) => {
        // The next attempt starts a new worker.
        worker.terminate();
        throw error;
      });
    },
    sort: (order) => call('sort', order),
    filter: (text) => call('filter', text),
    rows: (from, count) => call('rows', from, count),
    summary: (column) => call('summary', column),
    curves: (x, ys) => call('curves', x, ys),
  };
}

/** Shortest time between two progress messages, in milliseconds. */
const PROGRESS_INTERVAL_MS = 100;

/** Runs in the worker: opens the table on `load`, then answers requests. */
export function serveTable<Data>(open: OpenTable<Data>): void {
  let table: TableView | undefined;
  let reportedAt = 0;
  const onProgress: OnProgress = (part) => {
    if (performance.now() - reportedAt < PROGRESS_INTERVAL_MS) return;
    reportedAt = performance.now();
    postMessage({ progress: part });
  };
  const run = async (request: TableRequest): Promise<unknown> => {
    if (request.method === 'load') {
      const [data, url] = request.args;
      table = await open(data as Data, url, onProgress);
      return sizeOf(table);
    }
    if (!table) throw new Error('the table is not loaded');
    switch (request.method) {
      case 'sort':
        return table.sort(...request.args);
      case 'filter':
        return table.filter(...request.args);
      case 'rows':
        return table.rows(...request.args);
      case 'summary':
        return table.summary(...request.args);
      case 'curves':
        return table.curves(...request.args);
    }
  };
  let last: Promise<unknown> = Promise.resolve();
  /** Runs `rows` at once; queues the other methods, which change the view or read the whole table. */
  const schedule = (request: TableRequest): Promise<unknown> => {
    if (request.method === 'rows') return run(request);
    last = last.then(
      () => run(request),
      () => run(request),
    );
    return last;
  };
  addEventListener('message', ({ data }: MessageEvent<TableRequest & { id: number }>) => {
    schedule(data).then(
      (value) => postMessage({ id: data.id, value }),
      (error: unknown) => postMessage({ id: data.id, error: errorMessage(error) }),
    );
  });
}

function sizeOf(table: TableView): TableSize {
  return { rows: table.rowCount(), hasMore: table.hasMore ?? false };
}

function errorMessage(error: unknown): string {
  if (error instanceof RangeError && /allocation|length/i.test(error.message))
    return 'the browser has not enough memory for a table of this size';
  return error instanceof Error ? error.message : String(error);
}
