import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Figure, median } from './figures.ts';
import { freePort, runCommand, startRecv, WP } from './product.ts';

const SIZE = 1e9;
const ROUNDS = 9;

/**
 * Sends a file of 1 GB over loopback from `wp send` to `wp recv`, compared with socat to socat. The source file is in
 * the page cache, and the received file goes to the same disk under a new name each time. Before each round all dirty
 * pages are written and memory is made available. recv answers when the file is on disk and socat does not sync, so a
 * following `sync` is measured too.
 */
export async function transfer(): Promise<Figure[]> {
  const home = await mkdtemp(join(tmpdir(), 'wp-bench-transfer-'));
  const file = join(home, 'file');
  await fill(file);
  const [port, recvPort] = [await freePort(), await freePort()];
  const dir = join(home, 'recv');
  const token = join(home, 'token');
  const { out } = await runCommand(WP, ['token'], { ...process.env, WEBPIPE_DIR: dir }).ended;
  await writeFile(token, out, { mode: 0o600 });
  const receiver = await startRecv(String(recvPort), dir, join(dir, `run/${recvPort}.info`));
  try {
    const args = [file, '--to', String(recvPort), '--token-file', token];
    const env = { ...process.env, WEBPIPE_DIR: join(home, 'send') };
    const times: Record<'socat' | 'synced' | 'wp', number[]> = { socat: [], synced: [], wp: [] };
    let sender = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const copy = join(home, 'copy');
      await quiet(copy);
      const socat = await bySocat(file, port, copy);
      const startedAt = performance.now();
      await run('sync', [copy]);
      times.socat.push(socat);
      times.synced.push(socat + performance.now() - startedAt);
      await rm(copy);
      await quiet(copy);
      const sentSize = await bySend(args, env);
      times.wp.push(sentSize.ms);
      sender = Math.max(sender, sentSize.memory);
      await empty(join(dir, `spool/recv-${recvPort}`));
    }
    const value = median(times.wp);
    return [
      // 0.7 times its throughput.
      {
        what: '1 GB by `send == recv`, compared with `socat`',
        value,
        floor: median(times.socat),
        unit: 'ms',
        goal: 1.43,
      },
      { what: 'the same, compared with `socat` and `sync`', value, floor: median(times.synced), unit: 'ms' },
      { what: 'peak memory of `wp send` during that', value: sender, unit: 'MB', goal: 150 },
      {
        what: `peak memory of \`wp recv\` after ${ROUNDS} transfers`,
        value: (await peakMemory(receiver.pid)) ?? Number.NaN,
        unit: 'MB',
        goal: 150,
      },
    ];
  } finally {
    await receiver.stop();
    await rm(home, { recursive: true, force: true });
  }
}

/** The duration of `wp send`, milliseconds, and its peak memory, MB. */
async function bySend(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<{ readonly ms: number; readonly memory: number }> {
  const startedAt = performance.now();
  const child = spawn(WP, ['send', ...args], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  const ended = once(child, 'exit');
  let memory = 0;
  // The system reports the peak so far, but nothing for a process that has exited.
  const meter = setInterval(async () => {
    memory = Math.max(memory, (await peakMemory(child.pid ?? 0)) ?? 0);
  }, 25);
  const [status] = await ended;
  const ms = performance.now() - startedAt;
  clearInterval(meter);
  if (status !== 0) throw new Error(`wp send ended with ${status}`);
  return { ms, memory };
}

/** Milliseconds from the start of the sending socat until both have exited. */
async function bySocat(file: string, port: number, copy: string): Promise<number> {
  const listen = ['-d', '-d', '-u', `TCP-LISTEN:${port},bind=127.0.0.1,reuseaddr`, `OPEN:${copy},creat,excl`];
  const listener = spawn('socat', listen, { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(listener, 'exit');
  await new Promise<void>((settle) =>
    listener.stderr.on('data', (text) => String(text).includes('listening on') && settle()),
  );
  const startedAt = performance.now();
  await run('socat', ['-u', `FILE:${file}`, `TCP:127.0.0.1:${port}`]);
  const [status] = await ended;
  if (status !== 0) throw new Error(`socat ended with ${status}`);
  return performance.now() - startedAt;
}

/**
 * Writes all dirty pages, then touches the memory that the transfer needs. A virtual machine may have returned unused
 * memory to its host, and getting it back takes as long as the copy itself.
 */
async function quiet(path: string): Promise<void> {
  await fill(path);
  await rm(path);
  await run('sync', []);
}

async function run(file: string, args: readonly string[]): Promise<void> {
  const { status } = await runCommand(file, args, process.env).ended;
  if (status !== 0) throw new Error(`${file} ended with ${status}`);
}

/** The peak memory of a process, MB; undefined if it has exited. */
async function peakMemory(pid: number): Promise<number | undefined> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const [, kB] = /^VmHWM:\s+(\d+) kB/m.exec(status) ?? [];
  return kB === undefined ? undefined : (Number(kB) * 1024) / 1e6;
}

/** Removes the files that recv has received, because no stage takes them over. */
async function empty(spool: string): Promise<void> {
  for (const name of await readdir(spool)) if (!name.startsWith('.')) await rm(join(spool, name), { recursive: true });
}

/** Makes a file of `SIZE` bytes without holes. */
async function fill(path: string): Promise<void> {
  const file = await open(path, 'w');
  for (let written = 0; written < SIZE; written += 1e6) await file.appendFile(Buffer.alloc(1e6, 'some words\n'));
  await file.close();
}
