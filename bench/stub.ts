import { once } from 'node:events';
import { chmod, copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Figure, median } from './figures.ts';
import { startRecv, WP } from './product.ts';
import { LOOP, openSession } from './session.ts';

const ROUNDS = 60;
const WARM_UP = 5;
const SIZES = [
  ['tiny.txt', 100],
  ['100 KB', 100_000],
] as const;

/**
 * The time of `wp-stub show` from a shell, by value over a unix socket, compared with `nc -U` and the same file. Both
 * send to a bare server that answers with one line when it has everything. The stub also sends to `wp recv`, which
 * answers when the file is on disk.
 */
export async function stubCalls(): Promise<Figure[]> {
  const home = await mkdtemp(join(tmpdir(), 'wp-bench-stub-'));
  const path = (name: string) => join(home, name);
  await copyFile(join(WP, '../clients/sh/wp-stub'), path('wp-stub'));
  await chmod(path('wp-stub'), 0o755);
  const servers = [await serve(path('plain'), () => false), await serve(path('bare'), isWhole)];
  const receiver = await startRecv(`unix:${path('real')}`, path('webpipe'), path('real'));
  const shell = openSession('bash', ['-c', LOOP], process.env);
  try {
    const figures: Figure[] = [];
    for (const [name, size] of SIZES) {
      const file = path(String(size));
      await writeFile(file, 'some words\n'.repeat(Math.ceil(size / 11)).slice(0, size));
      const lines = {
        nc: `nc -N -U ${path('plain')} <${file}`,
        bare: `WEBPIPE_TO=unix:${path('bare')} ${path('wp-stub')} show ${file}`,
        real: `WEBPIPE_TO=unix:${path('real')} ${path('wp-stub')} show ${file}`,
      };
      const times: Record<keyof typeof lines, number[]> = { nc: [], bare: [], real: [] };
      for (let round = 0; round < WARM_UP + ROUNDS; round++)
        for (const way of ['nc', 'bare', 'real'] as const) {
          const { startedAt, endedAt } = await shell.run(lines[way]);
          if (round >= WARM_UP) times[way].push(endedAt - startedAt);
        }
      const floor = median(times.nc);
      figures.push(
        {
          what: `\`wp-stub show\`, ${name}, compared with \`nc\``,
          value: median(times.bare),
          floor,
          unit: 'ms',
          goal: 3,
        },
        { what: 'the same, until `wp recv` has it on disk', value: median(times.real), floor, unit: 'ms' },
      );
    }
    return figures;
  } finally {
    await shell.close();
    for (const server of servers) server.close();
    await receiver.stop();
    await rm(home, { recursive: true, force: true });
  }
}

/**
 * Starts a bare server that sends one line, an answer if it received a record, when the peer has closed its side or has
 * sent everything. The stub's netcat waits for the answer and cannot close its side.
 */
async function serve(path: string, isComplete: (text: string) => boolean): Promise<Server> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    let text = '';
    const answer = () =>
      socket.end(`{"kind":"ack","id":"${/"id":"(\w+)"/.exec(text)?.[1]}","url":"http://localhost/"}\n`);
    socket.on('error', () => {});
    socket.on('end', answer);
    socket.on('data', (bytes) => {
      text += bytes.toString('latin1');
      if (isComplete(text)) answer();
    });
  });
  server.listen(path);
  await once(server, 'listening');
  return server;
}

/** Whether the record, its body and the end record of a stub have arrived. */
function isWhole(text: string): boolean {
  return text.endsWith('{"kind":"end"}\n');
}
