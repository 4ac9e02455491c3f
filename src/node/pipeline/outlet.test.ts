import { expect, test } from 'vitest';
import type { Envelope } from '../../shared/envelope.ts';
import type { AckRecord, ErrorRecord } from '../../shared/records.ts';
import { Channel } from './channel.ts';
import { sendTo } from './outlet.ts';

test('if the listener stays unreachable, waiting senders get an error after the timeout', async () => {
  const controller = new AbortController();
  const messages = new Channel<Envelope>(4);
  const warned: string[] = [];
  const sending = sendTo(messages, {
    connect: () => Promise.reject(new Error('nobody')),
    name: 'there',
    retryTimeout: 300,
    unreachableMessage: 'it has ended',
    signal: controller.signal,
    warn: (line) => warned.push(line),
    info: () => {},
  });
  for (const name of ['one', 'two']) {
    let read = false;
    const body = (async function* () {
      read = true;
      yield new Uint8Array(3);
    })();
    const answer = await new Promise<AckRecord | ErrorRecord>((reply) => {
      void messages.push({ record: { kind: 'file', id: '0'.repeat(32), name, length: 3 }, body, reply });
    });
    expect(answer).toMatchObject({ kind: 'error', message: 'it has ended' });
    expect(read).toBe(true);
  }
  controller.abort();
  messages.close();
  await sending;
  expect(warned).toEqual([]);
});

test('a refusal of an open stream reaches its sender, and the rest of the stream is not sent', async () => {
  const id = '1'.repeat(32);
  const refusal = { kind: 'error', id, message: 'entry 1 was deleted', final: true };
  const written: string[] = [];
  const answers = new Channel<Uint8Array>(4);
  const answer = (record: object) => answers.push(new TextEncoder().encode(`${JSON.stringify(record)}\n`));
  const write = (bytes: Uint8Array) => {
    const text = new TextDecoder().decode(bytes);
    written.push(text);
    if (text.includes('"file"')) void answer({ kind: 'ack', id });
    if (text.includes('"more"')) void answer(refusal);
  };
  const messages = new Channel<Envelope>(4);
  const sending = sendTo(messages, {
    connect: async () => ({
      bytes: answers,
      trusted: true,
      markAuthenticated: () => {},
      write: async (bytes) => {
        write(bytes);
        return true;
      },
      send: write,
      end: () => answers.close(),
      destroy: () => answers.close(),
    }),
    name: 'there',
    retryTimeout: 300,
    signal: new AbortController().signal,
    warn: () => {},
    info: () => {},
  });
  void messages.push({ record: { kind: 'file', id, name: 'a.txt', open: true }, reply: () => {} });
  const refused = await new Promise<ErrorRecord>((refuseStream) => {
    void messages.push({ record: { kind: 'more', id, bytes: 1 }, refuseStream });
  });
  expect(refused).toEqual(refusal);
  void messages.push({ record: { kind: 'more', id, bytes: 2 } });
  const ended = new Promise<AckRecord | ErrorRecord>((reply) => {
    void messages.push({ record: { kind: 'end', id }, reply });
  });
  expect(await ended).toEqual(refusal);
  messages.close();
  await sending;
  expect(written.filter((text) => text.includes(id))).toHaveLength(2);
});
