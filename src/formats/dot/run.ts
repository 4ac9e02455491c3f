import { Worker } from 'node:worker_threads';
import type { Laid, Task } from './layout.ts';

/**
 * How long an engine may take, milliseconds. dot draws best. sfdp is quick with what is too large for dot, but gets more
 * time, since without its result a slow machine would show no drawing.
 */
const TIME = { dot: 4000, sfdp: 20_000 };

// The build puts it beside this file.
const HERE = import.meta.url;
const PROGRAM = new URL(HERE.endsWith('.ts') ? '../../../dist/layout.js' : 'layout.js', HERE);

/** Lays a graph out, by dot if there is time for it; without a result it took too long. */
export async function layOut(text: string): Promise<(Laid & { readonly engine: Task['engine'] }) | undefined> {
  for (const engine of ['dot', 'sfdp'] as const) {
    const laid = await run({ text, engine });
    if (laid) return { ...laid, engine };
  }
  return undefined;
}

function run(task: Task): Promise<Laid | undefined> {
  return new Promise((done) => {
    const worker = new Worker(PROGRAM, {
      workerData: task,
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: 512 },
    });
    const end = (laid: Laid | undefined) => {
      clearTimeout(timer);
      void worker.terminate();
      done(laid);
    };
    const timer = setTimeout(() => end(undefined), TIME[task.engine]);
    worker.once('message', (laid: Laid) => end(laid));
    worker.once('error', (error) => end({ fault: error instanceof Error ? error.message : String(error) }));
    worker.once('exit', () => end(undefined));
  });
}
