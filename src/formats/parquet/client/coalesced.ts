/** A request takes as long as some 1.5 MB, so what lies between two ranges is fetched, too, if it is less than this. */
const GAP = 1024 * 1024;
/** Bytes of one request, where it is for several ranges. */
const MOST = 4 * 1024 * 1024;

type Fetch = (from: number, to: number) => Promise<Uint8Array>;

interface Wanted {
  readonly from: number;
  readonly to: number;
  readonly resolve: (bytes: Uint8Array) => void;
  readonly reject: (error: unknown) => void;
}

/** Fetches ranges of a file, those near each other that are asked for at the same time by one request. */
export function coalesced(fetch: Fetch): Fetch {
  let waiting: Wanted[] = [];
  // Timers within timers wait for 4 ms; a message comes as soon as what is at work has asked for all it wants.
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    const ranges = waiting.sort((a, b) => a.from - b.from);
    waiting = [];
    while (ranges.length > 0) void give(nearOf(ranges));
  };

  async function give(ranges: readonly Wanted[]): Promise<void> {
    const begin = ranges[0]?.from ?? 0;
    try {
      const bytes = await fetch(begin, Math.max(...ranges.map(({ to }) => to)));
      if (ranges.length === 1) ranges[0]?.resolve(bytes);
      // A copy of each: they are not all kept for the same time.
      else for (const { from, to, resolve } of ranges) resolve(bytes.slice(from - begin, to - begin));
    } catch (error) {
      for (const { reject } of ranges) reject(error);
    }
  }

  return (from, to) =>
    new Promise((resolve, reject) => {
      if (waiting.length === 0) port2.postMessage(undefined);
      waiting.push({ from, to, resolve, reject });
    });
}

/** Takes the first ranges that are near each other away from some, which are in their order; at least one. */
function nearOf(ranges: Wanted[]): Wanted[] {
  const begin = ranges[0]?.from ?? 0;
  let end = ranges[0]?.to ?? 0;
  let count = 1;
  for (; count < ranges.length; count++) {
    const { from, to } = ranges[count]!;
    if (from - end > GAP || to - begin > MOST) break;
    end = Math.max(end, to);
  }
  return ranges.splice(0, count);
}
