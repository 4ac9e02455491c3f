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
