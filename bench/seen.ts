import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { launch, openBoth, type Watched } from './browser.ts';
import { type Figure, median } from './figures.ts';
import { serveFloor } from './floor.ts';
import { runCommand, startProduct, WP } from './product.ts';

const ROUNDS = 25;
const WARM_UP = 5;

export const newToken = (): string => `seen-${randomBytes(4).toString('hex')}`;
export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * The time from the start of a command until its content is in an open page, compared with `sh` and `nc` sending to a
 * bare server.
 */
export async function showToSeen(): Promise<Figure[]> {
  const home = await mkdtemp(join(tmpdir(), 'wp-bench-files-'));
  const browser = await launch();
  const product = await startProduct();
  try {
    const floor = await serveFloor();
    const { bare, viewer } = await openBoth(browser, floor.http, product.link);
    await pause(1000);

    const text = (size: number) => async (token: string) => {
      const path = join(home, `${token}.txt`);
      await writeFile(
        path,
        `${token}\n${'a line of an ordinary text\n'.repeat(Math.max(0, Math.round((size - 14) / 27)))}`,
      );
      return path;
    };
    const picture = async (token: string) => {
      const path = join(home, `${token}.png`);
      await writeFile(path, png(184, 184));
      return path;
    };
    const times: Record<'floor' | 'tiny' | 'png' | 'text' | 'exit', number[]> = {
      floor: [],
      tiny: [],
      png: [],
      text: [],
      exit: [],
    };
    // Measure one of each in every round, so that other load on the machine affects all equally.
    for (let round = 0; round < WARM_UP + ROUNDS; round++) {
      const token = newToken();
      const base = runCommand('/bin/sh', ['-c', `echo ${token} | nc -N 127.0.0.1 ${floor.tcp}`], process.env);
      const measured: Record<string, number> = { floor: (await bare.firstSeen(token)) - base.started };
      await base.ended;
      await pause(120);
      for (const [name, make] of [
        ['tiny', text(0)],
        ['png', picture],
        ['text', text(1e6)],
      ] as const) {
        measured[name] = await show(
          viewer,
          make,
          product.env,
          (ms) => name === 'tiny' && round >= WARM_UP && times.exit.push(ms),
        );
      }
      if (round >= WARM_UP)
        for (const name of ['floor', 'tiny', 'png', 'text'] as const) times[name].push(measured[name] ?? Number.NaN);
    }
    const base = median(times.floor);
    return [
      { what: 'show to seen, a tiny text', value: median(times.tiny), floor: base, unit: 'ms', goal: 2 },
      { what: 'show to seen, a png of 100 KB', value: median(times.png), floor: base, unit: 'ms', goal: 3 },
      { what: 'show to seen, a text of 1 MB', value: median(times.text), floor: base, unit: 'ms', goal: 3 },
      { what: 'start to end of `wp show tiny.txt`', value: median(times.exit), floor: base, unit: 'ms' },
    ];
  } finally {
    await browser.close();
    await product.stop();
    await rm(home, { recursive: true, force: true });
  }
}

/** Shows one file. Returns the time until it was seen, milliseconds. */
export async function show(
  viewer: Watched,
  make: (token: string) => Promise<string>,
  env: NodeJS.ProcessEnv,
  ended: (ms: number) => void = () => {},
): Promise<number> {
  const token = newToken();
  const path = await make(token);
  const command = runCommand(WP, ['show', path], env);
  const time = (await viewer.firstSeen(token)) - command.started;
  const { status, ms } = await command.ended;
  if (status !== 0) throw new Error(`wp show ended with ${status}`);
  ended(ms);
  await pause(200);
  return time;
}

/** A PNG of noise, which cannot be compressed: 184 x 184 pixels take 100 KB. */
function png(width: number, height: number): Buffer {
  const rows = Buffer.concat(
    Array.from({ length: height }, () => Buffer.concat([Buffer.from([0]), randomBytes(width * 3)])),
  );
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(rows, { level: 0 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function crc32(bytes: Buffer): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}
