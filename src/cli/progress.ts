import { SingleBar } from 'cli-progress';
import { size } from './terminal.ts';

/** A transfer shorter than this shows no bar, milliseconds. */
const SHORT = 1000;

/** How far a transfer is. */
export interface Progress {
  /** So many bytes more. */
  readonly add: (bytes: number) => void;
  end(): void;
}

/** Shows on a terminal how much has been transferred and how quickly, when it takes longer than a second. */
export function createProgress(verb: string): Progress {
  if (!process.stderr.isTTY) return { add: () => {}, end: () => {} };
  let bytes = 0;
  const started = Date.now();
  const bar = new SingleBar({
    stream: process.stderr,
    format: `wp: ${verb} {amount}, {rate}/s, {duration_formatted}`,
    clearOnComplete: true,
    noTTYOutput: false,
    fps: 5,
  });
  const payload = () => ({ amount: size(bytes), rate: size((bytes * 1000) / Math.max(1, Date.now() - started)) });
  const timer = setTimeout(() => bar.start(1, 0, payload()), SHORT);
  return {
    add(count) {
      bytes += count;
      if (bar.isActive) bar.update(0, payload());
    },
    end() {
      clearTimeout(timer);
      if (bar.isActive) bar.stop();
    },
  };
}
