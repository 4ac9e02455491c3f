/**
 * Finds pages that do not respond: every few seconds the viewer sends `ask`, and the script that every page carries
 * answers `here` unless the page keeps its process busy. A pure state machine for one frame.
 */
export type HeartbeatState = {
  /** The document has loaded completely. */
  readonly hasLoaded: boolean;
  /** The document has answered before. One that has loaded and never answered may not carry our script. */
  readonly hasAnswered: boolean;
} & (
  | { readonly phase: 'idle' }
  /** An answer is due. `ticks`: how many ticks ago the message was sent. */
  | { readonly phase: 'waiting'; readonly ticks: number }
);

export type HeartbeatEvent = 'loaded' | 'answered' | 'tick';

/** An answer is late after this many ticks. */
const LATE_TICKS = 3;

export const NEW_DOCUMENT: HeartbeatState = { phase: 'idle', hasLoaded: false, hasAnswered: false };

/** Returns the next state, and whether `ask` is to be sent now. */
export function heartbeat(
  state: HeartbeatState,
  event: HeartbeatEvent,
): { readonly state: HeartbeatState; readonly ask: boolean } {
  const { hasLoaded, hasAnswered } = state;
  switch (event) {
    case 'loaded':
      // A second load is another document, which may not carry our script.
      return { state: { phase: 'idle', hasLoaded: true, hasAnswered: hasAnswered && !hasLoaded }, ask: false };
    case 'answered':
      return { state: { phase: 'idle', hasLoaded, hasAnswered: true }, ask: false };
    case 'tick': {
      const ticks = state.phase === 'idle' ? 0 : state.ticks + 1;
      return { state: { phase: 'waiting', ticks, hasLoaded, hasAnswered }, ask: state.phase === 'idle' };
    }
  }
}

/** Whether the page does not respond. */
export function isLate(state: HeartbeatState): boolean {
  return state.phase === 'waiting' && state.ticks >= LATE_TICKS && (state.hasAnswered || !state.hasLoaded);
}
