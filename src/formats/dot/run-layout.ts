import { Worker } from 'node:worker_threads';
import type { LayoutResult, LayoutTask } from './layout.ts';

/**
 * Time limit of each engine, milliseconds. dot draws best. sfdp is faster with large graphs, but gets more time, since
 * without its result a slow machine would show no drawing.
 */
const TIME_LIMIT = { dot: 4000, sfdp: 20_000 };

// The build writes `layout.js` beside the bundle of this file; in tests this file is run from its source.
const moduleUrl = import.meta.url;
const WORKER_URL = new URL(moduleUrl.endsWith('.ts') ? '../../../dist/layout.js' : 'layout.js', moduleUrl);

/** Lays out a graph with dot or, if that takes too long, with sfdp. Returns undefined if both take too long. */
export async function layOut(
  text: string,
): Promise<(LayoutResult & { readonly engine: LayoutTask['engine'] }) | undefined> {
  for (const engine of ['dot', 'sfdp'] as const) {
    const result = await run({ text, engine });
    if (result) return { ...result, engine };
  }
  return undefined;
}

function run(task: LayoutTask): Promise<LayoutResult | undefined> {
  return new Promise((resolve) => {
    const worker = new Worker(WORKER_URL, {
      workerData: task,
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: 512 },
    });
    const finish = (result: LayoutResult | undefined) => {
      clearTimeout(timer);
      void worker.terminate();
      resolve(result);
    };
    const timer = setTimeout(() => finish(undefined), TIME_LIMIT[task.engine]);
    worker.once('message', (result: LayoutResult) => finish(result));
    worker.once('error', (error) => finish({ fault: error instanceof Error ? error.message : String(error) }));
    worker.once('exit', () => finish(undefined));
  });
}
