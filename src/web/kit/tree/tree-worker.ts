import type { TreeRow } from '../../../shared/kit/tree/json-document.ts';
import { fetchUtf8, type OpenedTree, type OpenTree, type Problem } from '../../../shared/kit/tree/open-json.ts';
import type { TreeSource } from './tree-view.ts';

/** Messages from the page to the worker. */
type WorkerRequest =
  | { readonly type: 'open'; readonly url: string; readonly lines: boolean }
  | {
      readonly type: 'children';
      readonly id: number;
      readonly row: TreeRow;
      readonly from: number;
      readonly count: number;
    }
  | { readonly type: 'text'; readonly id: number; readonly row: TreeRow; readonly limit: number }
  | { readonly type: 'find'; readonly id: number; readonly query: string; readonly most: number }
  | { readonly type: 'pathTo'; readonly id: number; readonly offset: number };
/** Messages from the worker to the page. */
type WorkerMessage =
  | { readonly type: 'progress'; readonly bytes: number }
  | {
      readonly type: 'opened';
      readonly root: TreeRow;
      readonly depth: number;
      readonly problem?: Problem;
      readonly description?: string;
    }
  | { readonly type: 'failed'; readonly message: string }
  | {
      readonly type: 'response';
      readonly id: number;
      readonly rows?: TreeRow[];
      readonly text?: string;
      readonly numbers?: number[];
    };

/** A file opened in a worker. */
export interface WorkerTree {
  readonly source: TreeSource;
  readonly depth: number;
  readonly problem?: Problem;
  readonly description?: string;
}

/** Runs in the worker: loads and opens one file, then answers requests for its rows. */
export function serveWorker(open: OpenTree): void {
  let loaded: OpenedTree | undefined;
  let reportedAt = 0;
  const send = (message: WorkerMessage) => postMessage(message);
  addEventListener('message', async ({ data }: MessageEvent<WorkerRequest>) => {
    if (data.type === 'open') {
      try {
        const bytes = await fetchUtf8(data.url, (count) => {
          if (Date.now() - reportedAt < 100) return;
          reportedAt = Date.now();
          send({ type: 'progress', bytes: count });
        });
        loaded = open(bytes, data.lines);
        send({
          type: 'opened',
          root: loaded.document.root,
          depth: loaded.depth,
          problem: loaded.problem,
          description: loaded.description,
        });
      } catch (error) {
        send({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
      }
    } else if (data.type === 'children')
      send({ type: 'response', id: data.id, rows: loaded?.document.children(data.row, data.from, data.count) });
    else if (data.type === 'find')
      send({ type: 'response', id: data.id, numbers: loaded?.document.find(data.query, data.most) });
    else if (data.type === 'pathTo')
      send({ type: 'response', id: data.id, numbers: loaded?.document.pathTo(data.offset) });
    else send({ type: 'response', id: data.id, text: loaded?.document.text(data.row, data.limit) });
  });
}

/**
 * Runs in the page: opens the file at `url` in a worker.
 * @param script URL of the page's own script, which the worker runs, too
 * @param progress receives the number of bytes loaded
 */
export function openInWorker(
  script: string,
  url: string,
  lines: boolean,
  progress: (bytes: number) => void,
): Promise<WorkerTree> {
  // A sandboxed page may not start a worker from a URL, but from a blob that imports it.
  const blob = URL.createObjectURL(new Blob([`importScripts(${JSON.stringify(script)})`], { type: 'text/javascript' }));
  const worker = new Worker(blob);
  const pending = new Map<number, (response: WorkerMessage & { type: 'response' }) => void>();
  let lastId = 0;
  const send = (request: WorkerRequest) => worker.postMessage(request);
  const responseTo = (id: number) => new Promise<WorkerMessage & { type: 'response' }>((done) => pending.set(id, done));
  return new Promise((resolve, reject) => {
    worker.onerror = (event) => reject(new Error(event.message || 'the worker did not start'));
    worker.onmessage = ({ data }: MessageEvent<WorkerMessage>) => {
      if (data.type === 'progress') progress(data.bytes);
      else if (data.type === 'failed') reject(new Error(data.message));
      else if (data.type === 'response') {
        pending.get(data.id)?.(data);
        pending.delete(data.id);
      } else {
        const source: TreeSource = {
          root: data.root,
          children: async (row, from, count) => {
            const id = ++lastId;
            send({ type: 'children', id, row, from, count });
            return (await responseTo(id)).rows ?? [];
          },
          text: async (row, limit) => {
            const id = ++lastId;
            send({ type: 'text', id, row, limit });
            return (await responseTo(id)).text ?? '';
          },
          find: async (query, most) => {
            const id = ++lastId;
            send({ type: 'find', id, query, most });
            return (await responseTo(id)).numbers ?? [];
          },
          pathTo: async (offset) => {
            const id = ++lastId;
            send({ type: 'pathTo', id, offset });
            return (await responseTo(id)).numbers ?? [];
          },
        };
        resolve({ source, depth: data.depth, problem: data.problem, description: data.description });
      }
    };
    send({ type: 'open', url, lines });
  });
}
