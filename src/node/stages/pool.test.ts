import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test } from 'vitest';
import { scaled } from '../../../test/support/deadline.ts';
import type { RenderJob } from './job.ts';
import { Pool, type PoolOptions } from './pool.ts';

const dir = mkdtempSync(join(tmpdir(), 'wp-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** A worker whose behaviour depends on the name of the job. */
const worker = join(dir, 'worker.mjs');
const meeting = mkdtempSync(join(dir, 'meeting-'));
writeFileSync(
  worker,
  `import { readdirSync, writeFileSync } from 'node:fs';
const meeting = ${JSON.stringify(meeting)};
process.on('message', async ({ name }) => {
  if (name === 'hang') for (;;);
  if (name === 'crash') { process.stderr.write('last words'); setTimeout(() => process.exit(3), 50); return; }
  if (name === 'kill') process.kill(process.pid, 'SIGKILL');
  if (name === 'heap') { const all = []; for (;;) all.push(new Array(100000).fill(all.length)); }
  if (name === 'meet') {
    writeFileSync(meeting + '/' + process.pid, '');
    while (readdirSync(meeting).length < 2) await new Promise((resolve) => setTimeout(resolve, 10));
  }
  if (name === 'never') return;
  process.send({ ok: true, ms: process.pid });
});
process.on('disconnect', () => process.exit());
`,
);

const pools: Pool[] = [];
afterEach(async () => {
  for (const pool of pools.splice(0)) await pool.close();
});

function pool(options: PoolOptions = {}): Pool {
  const made = new Pool({ worker, ...options });
  pools.push(made);
  return made;
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function job(name: string): RenderJob {
  return { id: '', renderer: '', path: '', name, type: '', host: '', bytes: 0, open: false, source: '', dir: '' };
}

test('warm workers run several jobs at a time', async () => {
  const one = pool();
  // Each of these waits until a second process works on another.
  const results = await Promise.all(Array.from({ length: 6 }, () => one.render(job('meet'))));
  expect(results.every(({ ok }) => ok)).toBe(true);
  expect(new Set(results.map(({ ms }) => ms)).size).toBeGreaterThan(1);
});

test.each([
  ['crash', 'code 3'],
  ['kill', 'SIGKILL'],
])('a worker that ends by %s fails its job, and the next job succeeds', async (name, how) => {
  const one = pool();
  const [failed, fine] = await Promise.all([one.render(job(name)), one.render(job('x'))]);
  expect(failed).toMatchObject({ ok: false, error: `the renderer ended with ${how}` });
  if (name === 'crash') expect(failed).toMatchObject({ detail: 'last words' });
  expect(fine).toMatchObject({ ok: true });
  for (let i = 0; i < 5; i++) expect(await one.render(job(name))).toMatchObject({ ok: false });
  expect(await one.render(job('x'))).toMatchObject({ ok: true });
});

test('a job that takes too long is killed and delays no other job', async () => {
  const timeLimit = scaled(1500);
  const one = pool({ timeLimit });
  const hanging = Promise.all(['hang', 'never', 'never'].map((name) => one.render(job(name))));
  expect(await one.render(job('x'))).toMatchObject({ ok: true });
  for (const result of await hanging) {
    expect(result).toMatchObject({ ok: false, error: `it took longer than ${timeLimit / 1000} s and was ended` });
  }
  expect(await one.render(job('x'))).toMatchObject({ ok: true });
});

test('a heap that grows too large ends only its worker', async () => {
  const one = pool({ heap: 40 });
  const [failed, fine] = await Promise.all([one.render(job('heap')), one.render(job('x'))]);
  expect(failed).toMatchObject({
    ok: false,
    error: expect.stringMatching(/the renderer ended with (SIGABRT|SIGTRAP|code \d+)/),
  });
  expect(fine).toMatchObject({ ok: true });
});

test('workers that cannot start fail their jobs and are not restarted in a loop', async () => {
  const count = join(dir, 'count');
  const broken = join(dir, 'broken.mjs');
  writeFileSync(count, '');
  writeFileSync(
    broken,
    `import { appendFileSync } from 'node:fs'; appendFileSync(${JSON.stringify(count)}, 'x'); throw new Error('broken');`,
  );
  const one = pool({ worker: broken });
  expect(await one.render(job('x'))).toMatchObject({ ok: false });
  await new Promise((settle) => setTimeout(settle, 600));
  expect(readFileSync(count, 'utf8').length).toBeLessThan(6);
});

test('closing ends every worker, including busy ones', async () => {
  const one = pool();
  const { ms: pid } = await one.render(job('x'));
  const hanging = one.render(job('hang'));
  await one.close();
  expect(await hanging).toMatchObject({ ok: false });
  await expect.poll(() => isRunning(pid)).toBe(false);
});
