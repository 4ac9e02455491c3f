import { connect, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import type { Envelope } from '../../shared/envelope.ts';
import type { HelloRecord } from '../../shared/records.ts';
import { drain } from '../codec/drain.ts';
import type { Listener } from '../transport/connection.ts';
import { listenTcp } from '../transport/listen.ts';
import { type Authenticator, challenge } from './hello.ts';
import { Inlet } from './inlet.ts';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

/** Starts an inlet that listens on a real port. */
async function opened(): Promise<{ inlet: Inlet; port: number; listener: Listener }> {
  const inlet = new Inlet();
  const listener = await listenTcp('127.0.0.1', 0, inlet.handler());
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

/** Reads the inlet and answers each record with its number. */
async function serve(inlet: Inlet, received: Envelope[] = []): Promise<void> {
  for await (const message of inlet) {
    await drain(message.body).catch(() => {});
    received.push(message);
    message.reply?.({ kind: 'ack', id: '0'.repeat(32), n: received.length });
  }
}

test('each peer gets the answers to its records, and its connection is closed after the last one', async () => {
  const { inlet, port } = await opened();
  void serve(inlet);
  const peers = Array.from({ length: 5 }, () => dial(port));
  for (const { socket } of peers) socket.write('/a\n/b\n{"kind":"file","name":"x","length":3}\nabc{"kind":"end"}\n');
  await Promise.all(peers.map(({ closed }) => closed));
  for (const { text } of peers) expect(text().trim().split('\n')).toHaveLength(3);
});

test('a silent peer and one in the middle of a body delay no other peer', async () => {
  const { inlet, port } = await opened();
  const received: Envelope[] = [];
  void serve(inlet, received);
  dial(port);
  dial(port).socket.write('{"kind":"file","pa');
  const quick = dial(port);
  quick.socket.end('/a\n');
  await quick.closed;
  expect(quick.text()).toContain('"kind":"ack"');
});

test('the inlet stops reading a peer with too many unanswered records', async () => {
  const { inlet, port } = await opened();
  const replies: Envelope['reply'][] = [];
  void (async () => {
    for await (const { reply } of inlet) replies.push(reply);
  })();
  const peer = dial(port);
  peer.socket.write('/a\n'.repeat(200));
  const quiet = async () => {
    await expect.poll(() => replies.length).toBeGreaterThan(1);
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

test('bytes that are not a record are answered with one error, and the connection is closed', async () => {
  const { inlet, port } = await opened();
  void serve(inlet);
  const peer = dial(port);
  peer.socket.write('HELO there\r\n');
  await peer.closed;
  expect(JSON.parse(peer.text())).toMatchObject({ kind: 'error' });
});

test('a stream ends when its sender disconnects', async () => {
  const { inlet, port } = await opened();
  const received: Envelope[] = [];
  void serve(inlet, received);
  const id = 'ab'.repeat(16);
  const peer = dial(port);
  peer.socket.write(
    `{"kind":"file","id":"${id}","name":"x","open":true}\n{"kind":"more","id":"${id}","length":9}\nhalf`,
  );
  while (received.length < 1) await new Promise((settle) => setTimeout(settle, 5));
  peer.socket.resetAndDestroy();
  while (received.length < 3) await new Promise((settle) => setTimeout(settle, 5));
  expect(received.map(({ record }) => record.kind)).toEqual(['file', 'more', 'end']);
  expect(received[2]?.record.id).toBe(id);
});

const token = `0123abcd.${'5'.repeat(32)}`;

/** The answers to a foreign peer that sends `text`. `valid`: whether its token is still valid. */
async function answerText(text: string, valid = () => true): Promise<{ answers: string; received: Envelope[] }> {
  const inlet = new Inlet();
  const received: Envelope[] = [];
  void serve(inlet, received);
  const authenticator: Authenticator = {
    admit: async (offered) => (offered === token ? { host: 'ada', valid: async () => valid() } : undefined),
    tokenOf: async (id) => (id === '0123abcd' ? token : undefined),
  };
  let answers = '';
  await inlet.handler({ authenticator })({
    trusted: false,
    markAuthenticated: () => {},
    bytes: (async function* () {
      yield Buffer.from(text);
    })(),
    send: (bytes) => {
      answers += Buffer.from(bytes).toString();
    },
    write: async () => true,
    end: () => {},
    destroy: () => {},
  });
  return { answers, received };
}

test('a foreign peer needs a token, and paths in its records are ignored', async () => {
  const hello = (offered: string) => `{"kind":"hello","version":1,"token":"${offered}"}\n`;
  const file = '{"kind":"file","path":"/a","host":"eve"}\n';
  expect((await answerText(file)).answers).toContain('only its own user');
  for (const wrongToken of ['wrong', `${token}0`, token.slice(1), ''])
    expect((await answerText(hello(wrongToken) + file)).answers, wrongToken).toMatch(
      /^\{"kind":"error".*(not known|own user)/,
    );
  const validToken = await answerText(hello(token) + file);
  expect(validToken.answers).toContain('"kind":"ack"');
  expect(validToken.received).toMatchObject([{ foreign: true, foreignPath: '/a', record: { host: 'ada' } }]);
  expect(validToken.received[0]?.record).not.toHaveProperty('path');
});

test('no record is accepted after its token was revoked', async () => {
  let remaining = 2;
  const { answers, received } = await answerText(
    `{"kind":"hello","version":1,"token":"${token}"}\n/a\n/b\n/c\n/d\n`,
    () => remaining-- > 0,
  );
  expect(received).toHaveLength(2);
  expect(answers).toContain('this token was revoked');
});

test('a listener proves that it knows a token, and only for tokens that it knows', async () => {
  const { hello, passes } = challenge(token);
  const { answers } = await answerText(`${JSON.stringify(hello)}\n`);
  expect(passes(JSON.parse(answers) as HelloRecord)).toBe(true);
  expect(challenge(token).passes(JSON.parse(answers) as HelloRecord)).toBe(false);
  expect(passes({ kind: 'hello', version: 1 })).toBe(false);
  const other = challenge(`0123abce.${'5'.repeat(32)}`);
  expect((await answerText(`${JSON.stringify(other.hello)}\n`)).answers).toContain('not known here');
});
