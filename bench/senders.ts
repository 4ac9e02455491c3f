import { once } from 'node:events';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Figure, median } from './figures.ts';
import { freePort, runCommand, startRecv, WP } from './product.ts';

const SENDERS = 50;
const ROUNDS = 5;

/**
 * The time until `wp recv` has answered many senders at once, each with a small file on a separate connection, while
 * one more sender stalls in the middle of its file. The floor is writing and syncing as many files in sequence.
 */
export async function senders(): Promise<Figure[]> {
  const home = await mkdtemp(join(tmpdir(), 'wp-bench-senders-'));
  const dir = join(home, 'recv');
  const port = await freePort();
  const token = (await runCommand(WP, ['token'], { ...process.env, WEBPIPE_DIR: dir }).ended).out.trim();
  const receiver = await startRecv(String(port), dir, join(dir, `run/${port}.info`));
  const head = (id: string, length: number): string =>
    `{"kind":"hello","version":1,"token":"${token}"}\n{"kind":"file","id":"${id}","name":"y.txt","length":${length}}\n`;
  const slow = connect(port, '127.0.0.1').on('error', () => {});
  try {
    slow.write(`${head('f'.repeat(32), 100)}half`);
    const [times, floors]: [number[], number[]] = [[], []];
    for (let round = 0; round < ROUNDS; round++) {
      const ids = Array.from({ length: SENDERS }, (_, i) => (round * SENDERS + i).toString(16).padStart(32, '0'));
      let startedAt = performance.now();
      await Promise.all(ids.map((id) => sendOne(port, `${head(id, 5)}hello{"kind":"end"}\n`, id)));
      times.push(performance.now() - startedAt);
      startedAt = performance.now();
      for (const id of ids) await writeSynced(join(home, id));
      floors.push(performance.now() - startedAt);
    }
    return [
      {
        what: `${SENDERS} senders at once and one that stalls, compared with as many synced writes`,
        value: median(times),
        floor: median(floors),
        unit: 'ms',
      },
    ];
  } finally {
    slow.destroy();
    await receiver.stop();
    await rm(home, { recursive: true, force: true });
  }
}

/** Sends on a new connection, and waits for the end of the answers. */
async function sendOne(port: number, text: string, id: string): Promise<void> {
  const socket = connect(port, '127.0.0.1').setEncoding('utf8');
  let answers = '';
  socket.on('data', (piece: string) => {
    answers += piece;
  });
  socket.write(text);
  await once(socket, 'close');
  if (!answers.includes(`"kind":"ack","id":"${id}"`)) throw new Error(`wp recv said ${answers}`);
}

async function writeSynced(path: string): Promise<void> {
  const file = await open(path, 'w');
  await file.appendFile('hello');
  await file.datasync();
  await file.close();
}
