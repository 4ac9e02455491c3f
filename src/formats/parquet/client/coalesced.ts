/** Largest gap between two ranges that are fetched together. A request takes about as long as 1.5 MB of transfer. */
const MAX_GAP = 1024 * 1024;
/** Largest request for several ranges, in bytes. */
const MAX_REQUEST = 4 * 1024 * 1024;

type Fetch = (from: number, to: number) => Promise<Uint8Array>;

interface PendingRange {
  readonly from: number;
  readonly to: number;
  readonly resolve: (bytes: Uint8Array) => void;
  readonly reject: (error: unknown) => void;
}

/** Wraps `fetch`: ranges that are near one another and requested at the same time are fetched together. */
export function coalesced(fetch: Fetch): Fetch {
  let pendingRanges: PendingRange[] = [];
  // The message arrives after the current tasks have requested their ranges. A nested timer would be delayed by 4 ms.
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    const ranges = pendingRanges.sort((a, b) => a.from - b.from);
    pendingRanges = [];
    while (ranges.length > 0) void fetchTogether(takeAdjacent(ranges));
  };

  async function fetchTogether(ranges: readonly PendingRange[]): Promise<void> {
    const begin = ranges[0]?.from ?? 0;
    try {
      const bytes = await fetch(begin, Math.max(...ranges.map(({ to }) => to)));
      if (ranges.length === 1) ranges[0]?.resolve(bytes);
      // Copies, since a view would keep the bytes of all ranges in memory.
      else for (const { from, to, resolve } of ranges) resolve(bytes.slice(from - begin, to - begin));
    } catch (error) {
      for (const { reject } of ranges) reject(error);
    }
  }

  return (from, to) =>
    new Promise((resolve, reject) => {
      if (pendingRanges.length === 0) port2.postMessage(undefined);
      pendingRanges.push({ from, to, resolve, reject });
    });
}

/** Removes and returns the first of the sorted `ranges` that fit into one request: at least one. */
function takeAdjacent(ranges: PendingRange[]): PendingRange[] {
  const begin = ranges[0]?.from ?? 0;
  let end = ranges[0]?.to ?? 0;
  let count = 1;
  for (; count < ranges.length; count++) {
    const { from, to } = ranges[count]!;
    if (from - end > MAX_GAP || to - begin > MAX_REQUEST) break;
    end = Math.max(end, to);
  }
  return ranges.splice(0, count);
}
