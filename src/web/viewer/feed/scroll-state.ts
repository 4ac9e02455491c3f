import type { Anchor } from './layout.ts';

/**
 * The scrolling of the window, as a pure state machine: whether it follows new entries, stays at an anchor while
 * heights around it change, or is covered by an entry alone. `feed.ts` measures the window and executes the effects.
 *
 * `isFast`: the user scrolls so fast that no frames are loaded until the scrolling slows down.
 */
export type ScrollState =
  /** The window is at the end and scrolls along when entries arrive. */
  | { readonly mode: 'following'; readonly isFast: boolean }
  /** The window is not at the end: the entry at its top does not move in the window when heights change. */
  | { readonly mode: 'anchored'; readonly isFast: boolean }
  /** An entry alone covers the feed, and the window does not scroll. When it is uncovered, the window goes to `target`. */
  | { readonly mode: 'covered'; readonly target: ScrollTarget };

/** A place in the feed: its end, or an entry at an offset from the top of the window. */
export type ScrollTarget = 'end' | Anchor;

export type ScrollEvent =
  /** The window has scrolled by `distance` pixels and is `toEnd` pixels away from the end of the document. */
  | { readonly type: 'scrolled'; readonly distance: number; readonly toEnd: number }
  /** Scrolling has paused. */
  | { readonly type: 'paused' }
  /** Go to an entry, or to the end. */
  | { readonly type: 'go-to'; readonly n: number }
  | { readonly type: 'go-to-end' }
  /** The window has scrolled to an entry, possibly as far as the end of the document. */
  | { readonly type: 'reached'; readonly toEnd: number }
  /** `anchor`: what the window shows now; undefined in an empty feed. */
  | { readonly type: 'cover'; readonly anchor: Anchor | undefined }
  | { readonly type: 'uncover' }
  /** The feed is emptied. */
  | { readonly type: 'clear' };

/** The window follows new entries if it is at most this far from the end, pixels. */
const NEAR_END = 40;
/** Scrolling by more than this between two events is fast, pixels. */
const FAST = 500;
/** The space above an entry after scrolling to it, pixels. */
export const MARGIN_ABOVE = 10;

export const AT_END: ScrollState = { mode: 'following', isFast: false };

/** Returns the next state, and the target to scroll to, if any. */
export function scrollTransition(
  state: ScrollState,
  event: ScrollEvent,
): { readonly state: ScrollState; readonly scrollTo?: ScrollTarget } {
  switch (event.type) {
    case 'scrolled': {
      if (state.mode === 'covered' || Math.abs(event.distance) < 1) return { state };
      const mode = event.toEnd <= NEAR_END ? 'following' : 'anchored';
      return { state: { mode, isFast: Math.abs(event.distance) > FAST } };
    }
    case 'paused':
      return { state: state.mode === 'covered' ? state : { ...state, isFast: false } };
    case 'go-to': {
      const target = { n: event.n, offset: MARGIN_ABOVE };
      if (state.mode === 'covered') return { state: { mode: 'covered', target } };
      return { state: { mode: 'anchored', isFast: false }, scrollTo: target };
    }
    case 'go-to-end':
      if (state.mode === 'covered') return { state: { mode: 'covered', target: 'end' } };
      return { state: AT_END, scrollTo: 'end' };
    case 'reached':
      if (state.mode === 'covered') return { state };
      return { state: { ...state, mode: event.toEnd <= 1 ? 'following' : 'anchored' } };
    case 'cover':
      if (state.mode === 'covered') return { state };
      return { state: { mode: 'covered', target: isFollowing(state) ? 'end' : (event.anchor ?? 'end') } };
    case 'uncover':
      if (state.mode !== 'covered') return { state };
      return {
        state: { mode: state.target === 'end' ? 'following' : 'anchored', isFast: false },
        scrollTo: state.target,
      };
    case 'clear':
      return { state: state.mode === 'covered' ? { mode: 'covered', target: 'end' } : AT_END };
  }
}

/** Whether the window is at the end, or will be when it is no longer covered. */
export function isFollowing(state: ScrollState): boolean {
  return state.mode === 'following' || (state.mode === 'covered' && state.target === 'end');
}
