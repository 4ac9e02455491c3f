import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import flame from '../src/formats/flame/format.ts';
import { type Figure, median } from './figures.ts';

const MB = 1e6;
const ROUNDS = 3;

/**
 * The page of a 300 MB `perf script` and of a small one, compared with a plain loop over the same file that splits
 * lines and counts stacks in a map. Both run in this process, so only `npm run bench -- flame` alone is meaningful.
 */
export async function flameGraphs(): Promise<Figure[]> {
  const dir = await mkdtemp(join(tmpdir(), 'wp-bench-flame-'));
  try {
    const path = join(dir, 'large.perf');
    makePerf(path, 300 * MB);
    const times: Record<'page' | 'loop', number[]> = { page: [], loop: [] };
    let most = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const startedAt = performance.now();
      const stacks = plainLoop(path);
      times.loop.push(performance.now() - startedAt);
      if (stacks === 0) throw new Error('bench: the plain loop found no stacks');
      const before = performance.now();
      const html = await render(path, dir);
      times.page.push(performance.now() - before);
      if (!html.includes('id="graph"')) throw new Error('bench: the page has no graph');
      most = Math.max(most, html.length);
    }
    return [
      {
        what: 'flame graph of a `perf script` of 300 MB, compared with a plain loop',
        value: median(times.page),
        floor: median(times.loop),
        unit: 'ms',
        goal: 2,
      },
      { what: 'flame graph of a `perf script` of 300 MB, size of the page', value: most / 1000, unit: 'KB', goal: 256 },
    ];
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

async function render(path: string, dir: string): Promise<string> {
  let page = '';
  await flame.render(
    { path, name: 'large.perf', type: 'perf', host: 'h', bytes: 300 * MB, open: false, source: 'id/source/large.perf' },
    {
      dir,
      href: 'id',
      asset: (name) => name,
      page: async (html) => {
        page = html;
      },
    },
  );
  return page;
}

/**
 * Writes samples with stacks of 5 to 45 frames out of 20,000 functions. Stacks are equal at the root and differ more
 * towards the leaves.
 */
function makePerf(path: string, size: number): void {
  const file = openSync(path, 'w');
  let seed = 1;
  const random = (below: number) => {
    seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
    return (seed >>> 8) % below;
  };
  try {
    for (let written = 0, n = 0; written < size; n++) {
      const depth = 5 + random(41);
      const frames: string[] = [];
      let path = random(30);
      for (let i = 0; i < depth; i++) {
        path = (path * 31 + random(i < 10 ? 2 : 4)) % 20_000;
        // A caller always has the same return address; only the innermost address varies.
        const offset = i === depth - 1 ? random(64) : path % 64;
        const address = (0x400000 + path * 64 + offset).toString(16).padStart(16);
        const module = path % 9 === 0 ? '[kernel.kallsyms]' : '/usr/lib/x86_64-linux-gnu/libexample.so.1.2.3';
        frames.push(`\t${address} example::Namespace::function_${path}<int>+0x${offset.toString(16)} (${module})`);
      }
      const head = `worker-${n % 8} 12${n % 8} [00${n % 4}] ${(n / 1000).toFixed(6)}:   10101010 cpu-clock:pppH: `;
      written += writeSync(file, `${head}\n${frames.reverse().join('\n')}\n\n`);
    }
  } finally {
    closeSync(file);
  }
}

/** Reads and folds the file with a simple loop. Returns the number of different stacks. */
function plainLoop(path: string): number {
  const counts = new Map<string, number>();
  const file = openSync(path, 'r');
  const buffer = Buffer.alloc(1024 * 1024);
  let rest = '';
  let stack: string[] = [];
  try {
    for (let count = readSync(file, buffer); count > 0; count = readSync(file, buffer)) {
      const lines = (rest + buffer.toString('utf8', 0, count)).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        if (line === '') {
          const key = stack.reverse().join(';');
          counts.set(key, (counts.get(key) ?? 0) + 1);
          stack = [];
        } else if (line.startsWith('\t')) {
          const frame = line.trimStart();
          const from = frame.indexOf(' ') + 1;
          stack.push(frame.slice(from, frame.lastIndexOf('+0x')));
        } else stack.push(line.slice(0, line.indexOf(' ')));
      }
    }
  } finally {
    closeSync(file);
  }
  return counts.size;
}
