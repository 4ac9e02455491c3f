import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Channel } from './channel.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('writers of a full channel wait, and no item is lost', async () => {
  const channel = new Channel<number>(2);
  const pushed: number[] = [];
  const writing = (async () => {
    for (let i = 0; i < 5; i++) {
      await channel.push(i);
      pushed.push(i);
    }
    channel.close();
  })();
  await turn();
  expect(pushed).toEqual([0, 1]);
  const read: number[] = [];
  for await (const item of channel) {
    read.push(item);
    await turn();
    expect(pushed.length).toBeLessThanOrEqual(read.length + 3);
  }
  await writing;
  expect(read).toEqual([0, 1, 2, 3, 4]);
});

test('the items of several writers are all read, those of each writer in order', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 5 }),
      fc.array(fc.nat(8), { minLength: 1, maxLength: 6 }),
      async (size, counts) => {
        const channel = new Channel<[writer: number, i: number]>(size);
        const writers = counts.map(async (count, writer) => {
          for (let i = 0; i < count; i++) expect(await channel.push([writer, i])).toBe(true);
        });
        void Promise.all(writers).then(() => channel.close());
        const read = counts.map((): number[] => []);
        for await (const [writer, i] of channel) read[writer]?.push(i);
        expect(read).toEqual(counts.map((count) => Array.from({ length: count }, (_, i) => i)));
      },
    ),
    { numRuns: 100 },
  );
});

test('closing releases waiting writers; items in the queue are still read', async () => {
  const channel = new Channel<string>(1);
  await channel.push('a');
  const waiting = channel.push('b');
  channel.close();
  expect(await waiting).toBe(false);
  expect(await channel.push('c')).toBe(false);
  const read: string[] = [];
  for await (const item of channel) read.push(item);
  expect(read).toEqual(['a']);
});

test('an error is thrown after the items in the queue', async () => {
  const channel = new Channel<string>(4);
  await channel.push('a');
  channel.close(new Error('broken'));
  const read: string[] = [];
  await expect(
    (async () => {
      for await (const item of channel) read.push(item);
    })(),
  ).rejects.toThrow('broken');
  expect(read).toEqual(['a']);
});

test('a reader that stops closes the channel', async () => {
  const channel = new Channel<string>(4);
  await channel.push('a');
  for await (const _ of channel) break;
  expect(await channel.push('b')).toBe(false);
});

test('a writer that pushes later never overtakes one that waits', async () => {
  const channel = new Channel<number>(1);
  for (let i = 0; i < 4; i++) void channel.push(i);
  const read: number[] = [];
  for await (const item of channel) {
    read.push(item);
    // There is space now, but an earlier writer waits for it.
    if (item === 0) void channel.push(4);
    if (read.length === 5) break;
  }
  expect(read).toEqual([0, 1, 2, 3, 4]);
});
