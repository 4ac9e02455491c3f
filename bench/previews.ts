import { closeSync, openSync, readdirSync, readFileSync, readSync, statSync, watch } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Figure, median } from './figures.ts';
import { type Product, runCommand, startProduct, WP } from './product.ts';
import { type Sample, samples } from './samples.ts';
import { pause } from './seen.ts';

const MB = 1e6;
const SMALL = 10_000;
/** The size of large files; `PREVIEWS_SIZE=100` sets another one, in MB. */
const LARGE = Number(process.env.PREVIEWS_SIZE ?? 1000) * MB;
/** The number of shows of each file that are counted, and of earlier ones that are not. */
const ROUNDS = 3;
const WARM_UP = 1;
/** How long to wait for a page before it counts as missing, milliseconds. */
const PATIENCE = 120_000;

/** The measurements of one show. */
interface ShowTimes {
  /** Milliseconds from the start of `wp show` until its first page was in the scroll, and until its last. */
  readonly first: number;
  readonly last: number;
  /** The sizes of these two pages, bytes. */
  readonly page: number;
  readonly completeTime: number;
  readonly failed?: string;
}

/**
 * For each type, the time from `wp show` until the entry is rendered, for a file of 10 KB and a large one.
 * `PREVIEWS=csv,png` selects types.
 */
export async function previews(): Promise<Figure[]> {
  const home = await mkdtemp(join(tmpdir(), 'wp-bench-previews-'));
  const product = await startProduct();
  const only = process.env.PREVIEWS?.split(',');
  const figures: Figure[] = [];
  try {
    await pause(1000);
    const idle = await product.memory();
    const most = { server: idle, worker: 0 };
    let worker = 0;
    const meter = setInterval(() => {
      void product.memory().then((bytes) => (most.server = Math.max(most.server, bytes)));
      worker = Math.max(worker, workersMemory(product.pid));
    }, 50);
    for (const sample of samples) {
      if (only && !only.some((name) => sample.label === name || sample.label.startsWith(`${name},`))) continue;
      worker = 0;
      try {
        figures.push(...(await one(sample, home, product)));
      } catch (error) {
        process.stderr.write(`bench: ${sample.label} is left out: ${error instanceof Error ? error.message : error}\n`);
      }
      most.worker = Math.max(most.worker, worker);
      process.stderr.write(`  the worker, at most: ${(worker / MB).toFixed(0)} MB\n`);
    }
    clearInterval(meter);
    figures.push(
      {
        what: 'previews: peak memory of the server above idle',
        value: (most.server - idle) / MB,
        unit: 'MB',
        goal: 150,
      },
      { what: 'previews: peak memory of a worker', value: most.worker / MB, unit: 'MB' },
    );
    return figures;
  } finally {
    await product.stop();
    await rm(home, { recursive: true, force: true });
  }
}

async function one(
  { label: what, extension: ending = what, maxSize: most = LARGE, make }: Sample,
  home: string,
  product: Product,
): Promise<Figure[]> {
  const size = Math.min(most, LARGE);
  const paths = { small: join(home, `small.${ending}`), large: join(home, `large.${ending}`) };
  const small: ShowTimes[] = [];
  const large: ShowTimes[] = [];
  try {
    make(paths.small, Math.min(SMALL, size));
    make(paths.large, size);
    // Alternate, so that other load on the machine affects both equally.
    for (let round = -WARM_UP; round < ROUNDS; round++) {
      for (const [path, all] of [
        [paths.small, small],
        [paths.large, large],
      ] as const) {
        const shown = await show(path, product);
        if (round >= 0) all.push(shown);
      }
    }
  } finally {
    await rm(paths.small, { force: true });
    await rm(paths.large, { force: true });
  }
  const middle = (shown: readonly ShowTimes[], of: (one: ShowTimes) => number) => median(shown.map(of));
  const value = middle(large, ({ first }) => first);
  const floor = middle(small, ({ first }) => first);
  const least = (shown: readonly ShowTimes[]) => Math.min(...shown.map(({ first }) => first)).toFixed(1);
  const page = Math.max(...large.map((shown) => shown.page));
  const failed = large.find((shown) => shown.failed)?.failed;
  const sizeLabel = size === 1000 * MB ? '1 GB' : `${size / MB} MB`;
  process.stderr.write(
    `${what}: ${value.toFixed(1)} ms for ${sizeLabel}, ${floor.toFixed(1)} ms for 10 KB, ` +
      `${(value / floor).toFixed(2)} x (at least ${least(large)} and ${least(small)}), ` +
      `page ${Math.round(page / 1000)} KB${failed ? `, FAILED: ${failed}` : ''}\n`,
  );
  const figures: Figure[] = [
    { what: `${what} of ${sizeLabel}, compared with 10 KB`, value, floor, unit: 'ms', goal: 2 },
  ];
  const completeTime = middle(large, ({ last }) => last);
  if (completeTime > value * 1.5 && large.some(({ last, first }) => last > first)) {
    process.stderr.write(
      `  the whole: ${completeTime.toFixed(0)} ms, page ${Math.round((large[0]?.completeTime ?? 0) / 1000)} KB\n`,
    );
    figures.push({ what: `${what} of ${sizeLabel}, until the complete page`, value: completeTime, unit: 'ms' });
  }
  return figures;
}

/** Shows a file, waits until its last page exists, and removes the entry's files. */
async function show(path: string, { dir, env }: Product): Promise<ShowTimes> {
  const home = join(dir, 's/bench');
  const journal = join(home, 'scroll.ndjson');
  const from = sizeOf(journal);
  const pageSize = (id: string) => sizeOf(join(home, `${id}.html`));
  const events = follow(journal, from);
  try {
    const command = runCommand(WP, ['show', path], env);
    let [first, page] = [0, 0];
    for await (const { event, time } of events.read()) {
      if (event.event !== 'rendered' && event.event !== 'failed') continue;
      page ||= pageSize(event.id);
      first ||= time - command.started;
      if (event.event === 'rendered' && event.open) continue;
      const { status } = await command.ended;
      if (status !== 0) throw new Error(`wp show ended with ${status}`);
      const completeTime = pageSize(event.id);
      await pause(100);
      await rm(join(home, event.id), { recursive: true, force: true });
      return {
        first,
        last: time - command.started,
        page,
        completeTime,
        ...(event.error ? { failed: event.error } : {}),
      };
    }
    throw new Error('it was not rendered in time');
  } finally {
    events.end();
  }
}

interface JournalEvent {
  readonly event: string;
  readonly id: string;
  readonly open?: true;
  readonly error?: string;
}

/** Yields the lines added to a journal, each with the time when it was read, milliseconds since the epoch. */
function follow(
  path: string,
  from: number,
): { read(): AsyncGenerator<{ event: JournalEvent; time: number }>; end(): void } {
  let changed = () => {};
  const watcher = watch(path, () => changed());
  const until = performance.now() + PATIENCE;
  return {
    end: () => watcher.close(),
    async *read() {
      let at = from;
      let rest = '';
      while (performance.now() < until) {
        const more = readFrom(path, at);
        const time = performance.timeOrigin + performance.now();
        if (more.length === 0) {
          await Promise.race([new Promise<void>((settle) => (changed = settle)), pause(1000)]);
          continue;
        }
        at += more.length;
        const lines = (rest + more.toString('utf8')).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) yield { event: JSON.parse(line) as JournalEvent, time };
      }
    },
  };
}

function readFrom(path: string, from: number): Buffer {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(64 * 1024);
    return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, from));
  } finally {
    closeSync(file);
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** The resident memory of the largest child process of the server, bytes. */
function workersMemory(server: number): number {
  let most = 0;
  for (const task of readdirSync(`/proc/${server}/task`)) {
    for (const pid of read(`/proc/${server}/task/${task}/children`).trim().split(' ')) {
      const pages = Number(read(`/proc/${pid}/statm`).split(' ')[1] ?? 0);
      most = Math.max(most, pages * 4096);
    }
  }
  return most;
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
