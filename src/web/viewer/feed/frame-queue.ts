import type { FeedEntry } from '../../../shared/feed.ts';

/** The largest number of frames that load at the same time: each uses much of a processor core. */
const MAX_LOADING = 2;
/** The largest number of entries near the window that have frames. */
const MAX_FRAMES = 24;

/**
 * Chooses the entries whose frames are to be shown now.
 *
 * @param nearest entries near the window, most important first
 * @param hasFrame whether an entry has a frame already
 * @param loading how many frames are loading
 * @returns `show`: the entries to show now; the others follow when a frame has loaded. `keep`: the numbers of the
 *   entries whose frames must not be evicted.
 */
export function chooseFrames(
  nearest: readonly FeedEntry[],
  hasFrame: (n: number) => boolean,
  loading: number,
): { readonly show: readonly FeedEntry[]; readonly keep: ReadonlySet<number> } {
  const chosen = nearest.slice(0, MAX_FRAMES);
  let free = MAX_LOADING - loading;
  const show = chosen.filter((entry) => {
    // An accepted entry gets a warm frame, which costs nothing.
    if (hasFrame(entry.n) || entry.status === 'accepted') return true;
    free -= 1;
    return free >= 0;
  });
  return { show, keep: new Set(chosen.map(({ n }) => n)) };
}
