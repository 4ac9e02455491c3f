import type { TreeRow } from '../../../shared/kit/tree/json-document.ts';
import { fetchUtf8, type OpenedTree, type OpenTree, type Problem } from '../../../shared/kit/tree/open-json.ts';
import type { TreeSource } from './tree-view.ts';

/** What the page asks of the worker and what it answers. */
type WorkerRequest =
  | { readonly ask: 'open'; readonly url: string; readonly lines: boolean }
  | {
      readonly ask: 'children';
      readonly id: number;
      readonly row: TreeRow;
      readonly from: number;
      readonly count: number;
    }
  | { readonly ask: 'text'; readonly id: number; readonly row: TreeRow; readonly limit: number }
  | { readonly ask: 'find'; readonly id: number; readonly query: string; readonly most: number }
  | { readonly ask: 'way'; readonly id: number; readonly offset: number };
type WorkerMessage =
  | { readonly say: 'progress'; readonly bytes: number }
  | {
      readonly say: 'ready';
      readonly root: TreeRow;
      readonly depth: number;
      readonly problem?: Problem;
      readonly about?: string;
    }
  | { readonly say: 'failed'; readonly message: string }
  | {
      readonly say: 'answer';
      readonly id: number;
      readonly rows?: TreeRow[];
      readonly text?: string;
      readonly numbers?: number[];
    };

/** A file that is open in a worker. */
export interface WorkerTree {
  readonly source: TreeSource;
  readonly depth: number;
  readonly problem?: Problem;
  readonly about?: string;
}

/** The worker's side: loads one file, opens it, and answers for it. */
export function serveWorker(open: OpenTree): void {
  let loaded: OpenedTree | undefined;
  let told = 0;
  const say = (answer: WorkerMessage) => postMessage(answer);
  addEventListener('message', async ({ data }: MessageEvent<WorkerRequest>) => {
    if (data.ask === 'open') {
      try {
        const bytes = await fetchUtf8(data.url, (count) => {
          if (Date.now() - told < 100) return;
          told = Date.now();
          say({ say: 'progress', bytes: count });
        });
        loaded = open(bytes, data.lines);
        say({
          say: 'ready',
          root: loaded.document.root,
          depth: loaded.depth,
          problem: loaded.problem,
          about: loaded.description,
        });
      } catch (error) {
        say({ say: 'failed', message: error instanceof Error ? error.message : String(error) });
      }
    } else if (data.ask === 'children')
      say({ say: 'answer', id: data.id, rows: loaded?.document.children(data.row, data.from, data.count) });
    else if (data.ask === 'find')
      say({ say: 'answer', id: data.id, numbers: loaded?.document.find(data.query, data.most) });
    else if (data.ask === 'way') say({ say: 'answer', id: data.id, numbers: loaded?.document.pathTo(data.offset) });
    else say({ say: 'answer', id: data.id, text: loaded?.document.text(data.row, data.limit) });
  });
}

/** The page's side: opens the file at `url` in a worker that runs this same script, `script`. */
export function openInWorker(
  script: string,
  url: string,
  lines: boolean,
  progress: (bytes: number) => void,
): Promise<WorkerTree> {
  // A sandboxed page may not start a worker from a file, but from a blob that names one.
  const blob = URL.createObjectURL(new Blob([`importScripts(${JSON.stringify(script)})`], { type: 'text/javascript' }));
  const worker = new Worker(blob);
  const waiting = new Map<number, (answer: WorkerMessage & { say: 'answer' }) => void>();
  let last = 0;
  const ask = (question: WorkerRequest) => worker.postMessage(question);
  const answerTo = (id: number) => new Promise<WorkerMessage & { say: 'answer' }>((done) => waiting.set(id, done));
  return new Promise((resolve, reject) => {
    worker.onerror = (event) => reject(new Error(event.message || 'the worker did not start'));
    worker.onmessage = ({ data }: MessageEvent<WorkerMessage>) => {
      if (data.say === 'progress') progress(data.bytes);
      else if (data.say === 'failed') reject(new Error(data.message));
      else if (data.say === 'answer') {
        waiting.get(data.id)?.(data);
        waiting.delete(data.id);
      } else {
        const source: TreeSource = {
          root: data.root,
          children: async (row, from, count) => {
            const id = ++last;
            ask({ ask: 'children', id, row, from, count });
            return (await answerTo(id)).rows ?? [];
          },
          text: async (row, limit) => {
            const id = ++last;
            ask({ ask: 'text', id, row, limit });
            return (await answerTo(id)).text ?? '';
          },
          find: async (query, most) => {
            const id = ++last;
            ask({ ask: 'find', id, query, most });
            return (await answerTo(id)).numbers ?? [];
          },
          pathTo: async (offset) => {
            const id = ++last;
            ask({ ask: 'way', id, offset });
            return (await answerTo(id)).numbers ?? [];
          },
        };
        resolve({ source, depth: data.depth, problem: data.problem, about: data.about });
      }
    };
    ask({ ask: 'open', url, lines });
  });
}
