import { fetchRange } from '../../../shared/kit/ranges/fetch-range.ts';
import { GROWN_EVENT, type GrownDetail } from '../../../shared/page-messages.ts';

const CHUNK = 256 * 1024;
const POLL_MS = 1000;
const SLOW_POLL_AFTER_MS = 60_000;

/** A growing file, and the callbacks of its page. */
export interface GrowingFile {
  readonly url: string;
  /** Offset of the first byte to read. */
  readonly from: number;
  /** Receives the next bytes. */
  onBytes(bytes: Uint8Array): void;
  /** Called when bytes were skipped because the page is far behind the file. */
  onSkip(): void;
  /** Receives the state as a sentence for the page. */
  onState(state: string): void;
}

/**
 * Reads a growing file as it grows: when the viewer says so, else by asking for more. Ends when the viewer says that the
 * file has ended.
 */
export function readGrowing({ url, from, onBytes, onSkip, onState }: GrowingFile): void {
  let offset = from;
  let ended = false;
  let isReading = false;
  let readAgain = false;
  let grownAt = 0;
  let receivedAt = Date.now();

  async function read(): Promise<void> {
    readAgain = isReading;
    if (isReading) return;
    isReading = true;
    try {
      do {
        readAgain = false;
        for (;;) {
          // Begin one byte early: servers reject a range that begins at the end of the file.
          const known = Math.min(offset, 1);
          const part = await fetchRange(url, offset - known, offset + CHUNK);
          const bytes = part.bytes.subarray(known);
          const { size } = part;
          // Far behind the end of the file: skip to its last part.
          if (size !== undefined && size - offset > 4 * CHUNK) {
            offset = size - CHUNK - (size % 2);
            onSkip();
            continue;
          }
          offset += bytes.length;
          if (bytes.length > 0) {
            receivedAt = Date.now();
            onBytes(bytes);
          }
          if (bytes.length < CHUNK) break;
        }
      } while (readAgain);
      onState(ended ? 'Ended.' : 'Still growing.');
      if (ended) clearInterval(timer);
    } catch {
      onState('Could not load what is new; trying again.');
    } finally {
      isReading = false;
    }
  }

  addEventListener(GROWN_EVENT, (event) => {
    const { detail } = event as CustomEvent<GrownDetail>;
    grownAt = Date.now();
    if (detail.ended) ended = true;
    void read();
  });
  // A static server tells nothing: ask it, less often when nothing has come for a while.
  let ticks = 0;
  const timer = setInterval(() => {
    const now = Date.now();
    ticks++;
    if (now - grownAt > 5 * POLL_MS && (now - receivedAt < SLOW_POLL_AFTER_MS || ticks % 10 === 0)) void read();
  }, POLL_MS);
  void read();
}
