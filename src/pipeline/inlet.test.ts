import { connect, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { drain } from '../codec/drain.ts';
import type { Message } from '../model/message.ts';
import type { Listener } from '../transport/connection.ts';
import { listenTcp } from '../transport/listen.ts';
import { Inlet } from './inlet.ts';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

/** An inlet behind a real port. `trust`: the token that opens it. */
async function opened(): Promise<{ inlet: Inlet; port: number; listener: Listener }> {
  const inlet = new Inlet();
  const listener = await listenTcp(
    '127.0.0.1',
    0,
    inlet.handler((token) => token === 'right'),
  );
  ends.push(() => listener.close());
  return { inlet, port: listener.port, listener };
}

function dial(port: number): { socket: Socket; text: () => string; closed: Promise<void> } {
  const socket = connect(port, '127.0.0.1');
  ends.push(() => socket.destroy());
  let text = '';
  socket.on('error', () => {});
  socket.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
  });
  return { socket, text: () => text, closed: new Promise((settle) => socket.once('close', () => settle())) };
}

/** Reads the inlet, answering each message with its number. */
async function serve(inlet: Inlet, seen: Message[] = []): Promise<void> {
  for await (const message of inlet) {
    await drain(message.body).catch(() => {});
    seen.push(message);
    message.reply?.({ kind: 'ack', id: '0'.repeat(32), n: seen.length });
  }
}

test('each peer gets the answers to what it sent, and is closed after them', async () => {
  const { inlet, port } = await opened();
  void serve(inlet);
  const peers = Array.from({ length: 5 }, () => dial(port));
  for (const { socket } of peers) socket.write('/a\n/b\n{"kind":"file","name":"x","length":3}\nabc{"kind":"end"}\n');
  await Promise.all(peers.map(({ closed }) => closed));
  for (const { text } of peers) expect(text().trim().split('\n')).toHaveLength(3);
});

test('a silent peer and one in the middle of its body hold up nobody', async () => {
  const { inlet, port } = await opened();
  const seen: Message[] = [];
  void serve(inlet, seen);
  dial(port);
  dial(port).socket.write('{"kind":"file","pa');
  const quick = dial(port);
  quick.socket.end('/a\n');
  await quick.closed;
  expect(quick.text()).toContain('"kind":"ack"');
});

test('a peer that waits for too many answers is not read from until some have come', async () => {
  const { inlet, port } = await opened();
  const replies: Message['reply'][] = [];
  void (async () => {
    for await (const { reply } of inlet) replies.push(reply);
  })();
  const peer = dial(port);
  peer.socket.write('/a\n'.repeat(200));
  const quiet = async () => {
    for (let last = -1; last !== replies.length; await new Promise((settle) => setTimeout(settle, 60)))
      last = replies.length;
    return replies.length;
  };
  const first = await quiet();
  expect(first).toBeGreaterThan(1);
  expect(first).toBeLessThanOrEqual(64);
  for (const reply of replies.splice(0)) reply?.({ kind: 'ack', id: '0'.repeat(32) });
  expect(await quiet()).toBeGreaterThan(1);
});

test('garbage is answered by one error, and the peer is closed', async () => {
  const { inlet, port } = await opened();
  void serve(inlet);
  const peer = dial(port);
  peer.socket.write('HELO there\r\n');
  await peer.closed;
  expect(JSON.parse(peer.text())).toMatchObject({ kind: 'error' });
});

test('a live file whose sender goes away is ended', async () => {
  const { inlet, port } = await opened();
  const seen: Message[] = [];
  void serve(inlet, seen);
  const id = 'ab'.repeat(16);
  const peer = dial(port);
  peer.socket.write(
    `{"kind":"file","id":"${id}","name":"x","open":true}\n{"kind":"more","id":"${id}","length":9}\nhalf`,
  );
  while (seen.length < 1) await new Promise((settle) => setTimeout(settle, 5));
  peer.socket.resetAndDestroy();
  while (seen.length < 3) await new Promise((settle) => setTimeout(settle, 5));
  expect(seen.map(({ record }) => record.kind)).toEqual(['file', 'more', 'end']);
  expect(seen[2]?.record.id).toBe(id);
});

test('a stranger needs the token', async () => {
  const inlet = new Inlet();
  void serve(inlet);
  const handler = inlet.handler((token) => token === 'right');
  const say = async (text: string): Promise<string> => {
    let said = '';
    await handler({
      trusted: false,
      bytes: (async function* () {
        yield Buffer.from(text);
      })(),
      send: (bytes) => {
        said += Buffer.from(bytes).toString();
      },
      end: () => {},
    });
    return said;
  };
  expect(await say('/a\n')).toContain('only its own user');
  expect(await say('{"kind":"hello","version":1,"token":"wrong"}\n/a\n')).toContain('only its own user');
  expect(await say('{"kind":"hello","version":1,"token":"right"}\n/a\n')).toContain('"kind":"ack"');
});
