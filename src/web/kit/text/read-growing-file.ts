import { fetchRange } from '../../../shared/kit/ranges/fetch-range.ts';
import { GROWN_EVENT, type GrownDetail } from '../../../shared/page-messages.ts';

const CHUNK = 256 * 1024;
const POLL_MS = 1000;
const SLOW_POLL_AFTER_MS = 60_000;

/** What a page does with a growing file. */
export interface GrowingFile {
  readonly url: string;
  /** From which byte on the page wants it. */
  readonly from: number;
  /** Takes the next bytes. */
  onBytes(bytes: Uint8Array): void;
  /** Some bytes are left out: too many have come while nobody looked. */
  onSkip(): void;
  /** How things stand, a sentence for people. */
  onState(state: string): void;
}

/**
 * Reads a growing file as it grows: when the viewer says so, else by asking for more. Ends when the viewer says that the
 * file has ended.
 */
export function readGrowing({ url, from, onBytes: add, onSkip: skipped, onState: say }: GrowingFile): void {
  let at = from;
  let ended = false;
  let working = false;
  let again = false;
  let told = 0;
  let heard = Date.now();

  async function read(): Promise<void> {
    again = working;
    if (working) return;
    working = true;
    try {
      do {
        again = false;
        for (;;) {
          // From a byte that is known: a range that begins at the end is an error to servers.
          const known = Math.min(at, 1);
          const part = await fetchRange(url, at - known, at + CHUNK);
          const bytes = part.bytes.subarray(known);
          const { size } = part;
          // Far behind: what scrolled by unseen is left out.
          if (size !== undefined && size - at > 4 * CHUNK) {
            at = size - CHUNK - (size % 2);
            skipped();
            continue;
          }
          at += bytes.length;
          if (bytes.length > 0) {
            heard = Date.now();
            add(bytes);
          }
          if (bytes.length < CHUNK) break;
        }
      } while (again);
      say(ended ? 'Ended.' : 'Still growing.');
      if (ended) clearInterval(timer);
    } catch {
      say('Could not load what is new; trying again.');
    } finally {
      working = false;
    }
  }

  addEventListener(GROWN_EVENT, (event) => {
    const { detail } = event as CustomEvent<GrownDetail>;
    told = Date.now();
    if (detail.ended) ended = true;
    void read();
  });
  // A static server tells nothing: ask it, less often when nothing has come for a while.
  let ticks = 0;
  const timer = setInterval(() => {
    const now = Date.now();
    ticks++;
    if (now - told > 5 * POLL_MS && (now - heard < SLOW_POLL_AFTER_MS || ticks % 10 === 0)) void read();
  }, POLL_MS);
  void read();
}
