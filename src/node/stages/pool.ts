import { type ChildProcess, fork } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { RenderJob, RenderResult } from './job.ts';

/** The number of idle workers that are kept, and the most workers in total. */
const WARM_WORKERS = 2;
const MAX_WORKERS = 6;
/** The limits of one job: milliseconds, resident memory in bytes, JavaScript heap in megabytes. */
const TIME_LIMIT = 60_000;
const MEMORY_LIMIT = 2 * 1024 ** 3;
const HEAP_MEGABYTES = 1536;

/**
 * A worker that ends sooner than this after its start (milliseconds) is replaced only when there is work, because the
 * next one would probably end too.
 */
const MIN_LIFETIME = 1000;

export interface PoolOptions {
  /** The program of the workers. */
  readonly worker?: string;
  /** How long one job may take, milliseconds. */
  readonly timeLimit?: number;
  /** The JavaScript heap of a worker, megabytes. */
  readonly heap?: number;
}

interface Worker {
  readonly child: ChildProcess;
  readonly started: number;
  readonly stderr: string[];
  done: ((result: RenderResult) => void) | undefined;
}

/** Runs renderers in separate processes, so that a slow or crashing renderer affects nothing else. */
export class Pool {
  #idle: Worker[] = [];
  #all = new Set<Worker>();
  #queue: { job: RenderJob; done: (result: RenderResult) => void }[] = [];
  #isClosed = false;
  #program: string;
  #timeLimit: number;
  #heap: number;

  constructor(options: PoolOptions = {}) {
    this.#program = options.worker ?? fileURLToPath(new URL('worker.js', import.meta.url));
    this.#timeLimit = options.timeLimit ?? TIME_LIMIT;
    this.#heap = options.heap ?? HEAP_MEGABYTES;
    for (let i = 0; i < WARM_WORKERS; i++) this.#idle.push(this.#start());
  }

  /** Renders one file. Never throws: a failure is a result. */
  render(job: RenderJob): Promise<RenderResult> {
    return new Promise((done) => {
      this.#queue.push({ job, done });
      this.#assign();
    });
  }

  #assign(): void {
    while (this.#queue.length > 0) {
      if (this.#idle.length === 0 && this.#all.size < MAX_WORKERS && !this.#isClosed) this.#idle.push(this.#start());
      const worker = this.#idle.shift();
      if (!worker) return;
      const next = this.#queue.shift();
      if (next) void this.#work(worker, next.job).then(next.done);
    }
  }

  async #work(worker: Worker, job: RenderJob): Promise<RenderResult> {
    const started = performance.now();
    let reason: string | undefined;
    let isFinished = false;
    const kill = (failure: string) => {
      // The worker may have another job by now.
      if (isFinished) return;
      reason = failure;
      worker.child.kill('SIGKILL');
    };
    const timer = setTimeout(
      () => kill(`it took longer than ${this.#timeLimit / 1000} s and was ended`),
      this.#timeLimit,
    );
    const meter = setInterval(() => {
      void residentBytes(worker.child.pid).then((bytes) => {
        if (bytes > MEMORY_LIMIT) kill(`it took more than ${MEMORY_LIMIT / 1024 ** 3} GiB of memory and was ended`);
      });
    }, 500);
    const result = await new Promise<RenderResult>((done) => {
      worker.done = done;
      worker.stderr.length = 0;
      worker.child.send(job, (error) => {
        if (error) worker.child.kill('SIGKILL');
      });
    });
    isFinished = true;
    clearTimeout(timer);
    clearInterval(meter);
    worker.done = undefined;
    if (this.#all.has(worker)) {
      if (this.#all.size > MAX_WORKERS / 2 && this.#queue.length === 0) this.#end(worker);
      else this.#idle.push(worker);
    }
    this.#assign();
    return reason ? { ok: false, ms: performance.now() - started, error: reason } : result;
  }

  #start(): Worker {
    const child = fork(this.#program, [], {
      execArgv: [`--max-old-space-size=${this.#heap}`],
      serialization: 'json',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    const worker: Worker = { child, started: performance.now(), stderr: [], done: undefined };
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      worker.stderr.push(text);
      while (worker.stderr.length > 20) worker.stderr.shift();
    });
    child.on('message', (result: RenderResult) => worker.done?.(result));
    const end = (failure: string) => {
      if (!this.#all.delete(worker)) return worker.done?.({ ok: false, ms: 0, error: failure });
      this.#idle = this.#idle.filter((other) => other !== worker);
      const detail = worker.stderr.join('').slice(-4000);
      worker.done?.({ ok: false, ms: 0, error: failure, detail });
      const isReplaced = performance.now() - worker.started > MIN_LIFETIME;
      while (isReplaced && !this.#isClosed && this.#all.size < WARM_WORKERS) this.#idle.push(this.#start());
      this.#assign();
    };
    child.on('error', (error) => {
      // A process that could not be started never exits; any other error is followed by its exit.
      if (child.pid === undefined) end(`the renderer could not be started: ${error.message}`);
    });
    child.once('exit', (code, signal) => end(`the renderer ended with ${signal ?? `code ${code}`}`));
    this.#all.add(worker);
    return worker;
  }

  #end(worker: Worker): void {
    this.#all.delete(worker);
    worker.child.kill('SIGKILL');
  }

  /** Ends all workers. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const worker of this.#all) this.#end(worker);
  }
}

/** The resident memory of a process in bytes (Linux), or 0 if it is unknown. */
async function residentBytes(pid: number | undefined): Promise<number> {
  const statm = await readFile(`/proc/${pid}/statm`, 'utf8').catch(() => '');
  return Number(statm.split(' ')[1] ?? 0) * 4096;
}
