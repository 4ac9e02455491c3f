import { expect, test } from 'vitest';
import type { Answer, Envelope } from '../../shared/envelope.ts';
import type { FileRecord } from '../../shared/records.ts';
import { Channel } from './channel.ts';
import { createStage, type Handlers, type RunnerOptions, type StageOutput } from './runner.ts';

const idle = async () => {};
const file = (name: string, sender?: object, reply?: Envelope['reply']): Envelope<FileRecord> => ({
  record: { kind: 'file', name },
  ...(sender && { sender }),
  ...(reply && { reply }),
});

/** Runs a stage on these envelopes. @returns the emitted names, and the printed lines */
async function runStage(
  envelopes: Iterable<Envelope> | AsyncIterable<Envelope>,
  handlers: (output: StageOutput) => Partial<Handlers>,
  options: RunnerOptions = { inFlight: 10 },
): Promise<{ names: unknown[]; printed: string[] }> {
  const printed: string[] = [];
  const context = { dir: '/', signal: new AbortController().signal, warn: (line: string) => void printed.push(line) };
  const stage = createStage(options, (output) => ({
    file: idle,
    entry: idle,
    more: idle,
    end: idle,
    ...handlers(output),
  }));
  const input = (async function* () {
    yield* envelopes;
  })();
  const names: unknown[] = [];
  for await (const { record } of stage(input, context)) names.push(record.name);
  return { names, printed };
}

/** A promise and the function that resolves it. */
function gate(): { readonly opened: Promise<void>; open: () => void } {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}

test('the envelopes of one sender are handled in order; another sender does not wait for them', async () => {
  const [one, two] = [{}, {}];
  const slow = gate();
  const { names } = await runStage([file('a1', one), file('a2', one), file('b1', two)], (output) => ({
    file: async ({ record }) => {
      if (record.name === 'a1') await slow.opened;
      await output.emit({ record });
      if (record.name === 'b1') slow.open();
    },
  }));
  expect(names).toEqual(['b1', 'a1', 'a2']);
});

test('handlers that start at once emit in order', async () => {
  const started: unknown[] = [];
  const slow = gate();
  const { names } = await runStage(
    [file('first'), file('second')],
    (output) => ({
      file: async ({ record }, turn) => {
        started.push(record.name);
        if (started.length === 2) slow.open();
        if (record.name === 'first') await slow.opened;
        await turn;
        await output.emit({ record });
      },
    }),
    { start: 'at-once', inFlight: 10 },
  );
  expect(started).toEqual(['first', 'second']);
  expect(names).toEqual(['first', 'second']);
});

test('files of other senders wait for an earlier one for at most maxDelay', async () => {
  const order: string[] = [];
  const input = new Channel<Envelope>(4);
  const stuck = gate();
  const running = runStage(
    input,
    () => ({
      file: async ({ record }, turn) => {
        await turn;
        if (record.name === 'stuck') await stuck.opened;
        order.push(String(record.name));
      },
    }),
    { start: 'at-once', maxDelay: 40, inFlight: 10 },
  );
  const reply = () => {};
  await input.push(file('stuck', {}, reply));
  await input.push(file('other', {}, reply));
  while (order.length < 1) await new Promise((resolve) => setTimeout(resolve, 5));
  stuck.open();
  input.close();
  await running;
  expect(order).toEqual(['other', 'stuck']);
});

test('an error in a handler is sent as the answer, or printed if no sender waits; the body is drained', async () => {
  const answers: Answer[] = [];
  let drained = 0;
  const body = async function* () {
    yield new Uint8Array(3);
    drained += 1;
  };
  const id = 'a'.repeat(32);
  const { printed } = await runStage(
    [
      { record: { kind: 'file', id, length: 3 }, body: body(), reply: (answer) => void answers.push(answer) },
      { record: { kind: 'end', id, length: 3 }, body: body() },
    ],
    () => ({
      file: () => Promise.reject(new Error('no file')),
      end: () => Promise.reject(new Error('no end')),
    }),
  );
  expect(answers).toEqual([{ kind: 'error', id, message: 'no file' }]);
  expect(printed).toEqual(['no end']);
  expect(drained).toBe(2);
});

test('error records are printed; records that no stage handles are dropped with their body', async () => {
  let drained = false;
  const body = (async function* () {
    yield new Uint8Array(1);
    drained = true;
  })();
  const { names, printed } = await runStage(
    [
      { record: { kind: 'error', message: 'from before' } },
      { record: { kind: 'ack', id: 'b'.repeat(32), length: 1 }, body },
    ],
    () => ({}),
  );
  expect({ names, printed, drained }).toEqual({ names: [], printed: ['from before'], drained: true });
});

test('the number of envelopes from a pipe in progress is limited', async () => {
  let inProgress = 0;
  let most = 0;
  await runStage(
    Array.from({ length: 30 }, (_, i) => file(String(i))),
    () => ({
      file: async () => {
        inProgress += 1;
        most = Math.max(most, inProgress);
        await new Promise((resolve) => setTimeout(resolve, 2));
        inProgress -= 1;
      },
    }),
    { start: 'at-once', inFlight: 5 },
  );
  expect(most).toBe(5);
});

test('handing over waits for the answer, and the stage waits for background work', async () => {
  const done: string[] = [];
  const context = { dir: '/', signal: new AbortController().signal, warn: (line: string) => void done.push(line) };
  const stage = createStage({ inFlight: 10 }, (output) => ({
    file: async ({ record }) => {
      output.background(
        output.handOver({ record }).then((answer) => {
          done.push(`${answer?.kind} of ${record.name}`);
        }),
      );
    },
    entry: idle,
    more: idle,
    end: idle,
    close: async () => {
      done.push('close');
    },
  }));
  const input = (async function* () {
    yield file('a');
    yield file('b');
  })();
  for await (const { record, reply } of stage(input, context))
    reply?.(record.name === 'a' ? { kind: 'ack', id: 'c'.repeat(32) } : { kind: 'error', message: 'b was refused' });
  expect(done).toEqual(['ack of a', 'b was refused', 'error of b', 'close']);
});

test('a stage that is ending emits nothing more', async () => {
  const controller = new AbortController();
  const stage = createStage({ inFlight: 10 }, (output) => ({
    file: async ({ record }) => {
      controller.abort();
      expect(await output.emit({ record })).toBe(false);
      expect(await output.handOver({ record })).toBeUndefined();
    },
    entry: idle,
    more: idle,
    end: idle,
  }));
  const input = (async function* () {
    yield file('a');
  })();
  const context = { dir: '/', signal: controller.signal, warn: () => {} };
  for await (const _ of stage(input, context)) throw new Error('nothing is emitted');
});
