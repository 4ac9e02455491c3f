import { SingleBar } from 'cli-progress';
import type { Progress } from '../pipeline/progress.ts';
import { printable, size } from './terminal.ts';

/** The bar appears when a file takes longer than this, milliseconds. */
const DELAY = 1000;

/** Draws a progress bar for each file that takes longer than a second. Does nothing if standard error is not a terminal. */
export function createProgress(verb: string): Progress & { end(): void } {
  if (!process.stderr.isTTY) return { begin: () => {}, add: () => {}, end: () => {} };
  const bar = new SingleBar({
    stream: process.stderr,
    format: `wp: ${verb}: {name} {bar} {percentage}%  {amount}, {rate}/s, {remainingTime} left`,
    clearOnComplete: true,
    hideCursor: true,
    fps: 5,
  });
  let timer: NodeJS.Timeout | undefined;
  let name = '';
  let total = 0;
  let done = 0;
  let started = 0;
  const payload = () => {
    const rate = (done * 1000) / Math.max(1, Date.now() - started);
    const seconds = Math.ceil((total - done) / Math.max(1, rate));
    const remainingTime = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
    return { name, amount: size(done), rate: size(rate), remainingTime };
  };
  const end = () => {
    clearTimeout(timer);
    if (bar.isActive) bar.stop();
  };
  return {
    begin(record) {
      end();
      const label = 'name' in record && typeof record.name === 'string' ? record.name : '';
      [name, total, done, started] = [printable(label), Number(record.length ?? 0), 0, Date.now()];
      if (total > 0) timer = setTimeout(() => bar.start(total, done, payload()), DELAY);
    },
    add(bytes) {
      done += bytes;
      if (bar.isActive) bar.update(done, payload());
    },
    end,
  };
}
