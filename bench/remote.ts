import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launch, openBoth } from './browser.ts';
import { type Figure, median } from './figures.ts';
import { serveFloor } from './floor.ts';
import { type Product, startProduct, WP } from './product.ts';
import { newToken, pause } from './seen.ts';
import { LOOP, openSession, type Session } from './session.ts';
import { startSshd } from './sshd.ts';

const ROUNDS = 25;
const WARM_UP = 5;
const STUBS = 100;

/**
 * Shows on a host through `wp ssh` and a real sshd, compared with `sh` and `nc` on the host that send one line through
 * the same ssh connection to a bare server; and many stubs at once. The host is this machine, so both ends have the
 * same clock and share its cores.
 */
export async function overSsh(): Promise<Figure[]> {
  const home = await mkdtemp(join(tmpdir(), 'wp-bench-ssh-'));
  const sshd = await startSshd(home);
  const browser = await launch();
  const product = await startProduct();
  try {
    const floor = await serveFloor();
    const { bare, viewer } = await openBoth(browser, floor.http, product.link);
    const socket = join(home, 'floor');
    const forward = ['-R', `${socket}:127.0.0.1:${floor.tcp}`];
    const command = ['ssh', ...sshd.options, ...forward, 'far', `exec bash -c '${LOOP}'`];
    const far = openSession(WP, command, product.env);
    await far.run('true');
    await pause(1000);
    const times: Record<'floor' | 'tiny' | 'exit', number[]> = { floor: [], tiny: [], exit: [] };
    for (let round = 0; round < WARM_UP + ROUNDS; round++) {
      const [line, token] = [newToken(), newToken()];
      const path = join(home, 'tiny.txt');
      await writeFile(path, `${token}\n`);
      const sentAt = await far.run(`sh -c 'echo ${line} | nc -N -U ${socket}'`);
      const base = (await bare.firstSeen(line)) - sentAt.startedAt;
      await pause(120);
      const shown = await far.run(`wp-stub show ${path}`);
      const seen = (await viewer.firstSeen(token)) - shown.startedAt;
      await pause(200);
      if (round < WARM_UP) continue;
      times.floor.push(base);
      times.tiny.push(seen);
      times.exit.push(shown.endedAt - shown.startedAt);
    }
    const lost = await manyAtOnce(home, far, product);
    await far.close();
    const base = median(times.floor);
    return [
      { what: 'show to seen through ssh, a tiny text', value: median(times.tiny), floor: base, unit: 'ms', goal: 2 },
      {
        what: 'start to end of `wp-stub show tiny.txt` on the host',
        value: median(times.exit),
        floor: base,
        unit: 'ms',
      },
      { what: `${STUBS} stubs at once through ssh: lost`, value: lost, unit: '', goal: 0 },
    ];
  } finally {
    await browser.close();
    await product.stop();
    await sshd.stop();
    await rm(home, { recursive: true, force: true });
  }
}

/** Shows many files at once on the host. Returns how many are missing, duplicated or changed. */
async function manyAtOnce(home: string, far: Session, product: Product): Promise<number> {
  const folder = join(home, 'many');
  await mkdir(folder);
  const names = Array.from({ length: STUBS }, (_, i) => `${i}.txt`);
  for (const name of names) await writeFile(join(folder, name), `this is ${name}\n`);
  await far.run(`for f in ${folder}/*; do wp-stub show "$f" & done; wait`);
  // A sender is answered when the entry is accepted; the original is in the scroll when the entry is rendered.
  for (let attempts = 100; attempts > 0 && (await arrived(product, names)) < STUBS; attempts--) await pause(100);
  return STUBS - (await arrived(product, names));
}

/** The number of files that have exactly one entry with their content. */
async function arrived(product: Product, names: readonly string[]): Promise<number> {
  const journal = (await readFile(join(product.dir, 's/bench/scroll.ndjson'), 'utf8')).trim().split('\n');
  const events = journal.map((line) => JSON.parse(line) as { event: string; name?: string; id: string });
  let count = 0;
  for (const name of names) {
    const found = events.filter((one) => one.event === 'accepted' && one.name === name);
    const path = join(product.dir, 's/bench', found[0]?.id ?? '', 'source', name);
    const text = await readFile(path, 'utf8').catch(() => '');
    if (found.length === 1 && text === `this is ${name}\n`) count += 1;
  }
  return count;
}
