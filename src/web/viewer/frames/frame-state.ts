/**
 * The lifecycle of the frame of one entry, as a pure state machine: `transition` takes a state and an event and returns
 * the next state and the effects to execute. `frame-view.ts` executes the effects.
 *
 * An entry has at most two frames: `current`, and `next` while another revision of its page loads behind it.
 */
export type FrameRole = 'current' | 'next';

export type FrameState =
  /** The entry has no frame: it is far from the window, or its frame was evicted. */
  | { readonly phase: 'absent' }
  /** An empty warm frame waits in the slot of an accepted entry for its page. */
  | { readonly phase: 'reserved'; readonly revision: number }
  /** A warm frame renders the page while the entry has no slot yet. `height`: what the page has reported. */
  | { readonly phase: 'early'; readonly revision: number; readonly height?: number }
  /** The current frame loads in its slot. `isReplacing`: a newer `revision` loads in the next frame. */
  | { readonly phase: 'loading'; readonly revision: number; readonly isReplacing: boolean }
  /** The current frame is visible. `isUnresponsive`: its page does not answer heartbeats. */
  | {
      readonly phase: 'shown';
      readonly revision: number;
      readonly isReplacing: boolean;
      readonly isUnresponsive: boolean;
    }
  /** The user has stopped this revision. A notice stands in the slot; hidden while the entry is far from the window. */
  | { readonly phase: 'stopped'; readonly revision: number; readonly isHidden: boolean };

export type FrameEvent =
  /** The entry is near the window and has a slot. Its page is rendered, or it is only accepted. */
  | { readonly type: 'near'; readonly revision: number; readonly isRendered: boolean; readonly hasWarmFrame: boolean }
  /** The HTML of the page has arrived with the event that announces it. */
  | {
      readonly type: 'page';
      readonly revision: number;
      readonly html: string;
      readonly willHaveSlot: boolean;
      readonly hasWarmFrame: boolean;
    }
  /** The page is parsed or loaded, has reported its height (CSS pixels), or has taken too long to do so. */
  | { readonly type: 'displayable'; readonly frame: FrameRole; readonly height?: number }
  /** The result of a heartbeat: whether the page has not answered for long. */
  | { readonly type: 'heartbeat'; readonly isLate: boolean }
  /** The user stops the page, or wants to see a stopped one again. */
  | { readonly type: 'stop' }
  | { readonly type: 'restart' }
  /** All entries that are shown have their slots now. */
  | { readonly type: 'settle' }
  /** The frame is evicted, or the entry leaves the list. */
  | { readonly type: 'discard' };

export type FrameEffect =
  /** Makes a warm frame the current one. */
  | { readonly type: 'take-warm-frame' }
  /** Writes a page into the current frame, a warm one. */
  | { readonly type: 'write-page'; readonly html: string }
  /** Moves the current frame, a warm one, into the slot. */
  | { readonly type: 'move-to-slot' }
  /** Loads the page in a new frame in the slot, in place of an earlier one with this role. */
  | { readonly type: 'load'; readonly frame: FrameRole }
  /** Loads the page in the current frame, a warm one that is still empty. */
  | { readonly type: 'navigate' }
  /** The next frame becomes the current one. */
  | { readonly type: 'promote' }
  /** Makes the current frame visible and tells its page how far an open file has grown since it was rendered. */
  | { readonly type: 'reveal' }
  /** Removes frames and notices. */
  | { readonly type: 'clear' }
  | { readonly type: 'remember-height'; readonly height: number }
  /** Gives the slot the height that the page will probably have, the one it has reported, or that of a notice. */
  | { readonly type: 'set-height'; readonly to: 'expected' | 'reported' | 'notice' }
  | { readonly type: 'show-notice'; readonly notice: 'unresponsive' | 'stopped' }
  | { readonly type: 'remove-notice' }
  /** A frame has finished loading or may be loaded again, so the feed should choose frames to load. */
  | { readonly type: 'request-frames' };

export interface FrameTransition {
  readonly state: FrameState;
  readonly effects: readonly FrameEffect[];
}

export const ABSENT: FrameState = { phase: 'absent' };

/** Whether a frame or a notice is in the slot of the entry, so that the entry counts towards the limit of frames. */
export function occupiesSlot(state: FrameState): boolean {
  return state.phase !== 'absent' && state.phase !== 'early' && !(state.phase === 'stopped' && state.isHidden);
}

/** Whether the page in the current frame should answer heartbeats. */
export function expectsHeartbeat(state: FrameState): boolean {
  return (state.phase === 'loading' || state.phase === 'shown') && !state.isReplacing;
}

export function transition(state: FrameState, event: FrameEvent): FrameTransition {
  switch (event.type) {
    case 'near':
      return onNear(state, event);
    case 'page':
      return onPage(state, event);
    case 'displayable':
      return onDisplayable(state, event);
    case 'heartbeat': {
      if (state.phase !== 'shown' || state.isReplacing || state.isUnresponsive === event.isLate)
        return unchanged(state);
      const notice: FrameEffect = event.isLate
        ? { type: 'show-notice', notice: 'unresponsive' }
        : { type: 'remove-notice' };
      return { state: { ...state, isUnresponsive: event.isLate }, effects: [notice] };
    }
    case 'stop':
      if (state.phase !== 'shown') return unchanged(state);
      return {
        state: { phase: 'stopped', revision: state.revision, isHidden: false },
        effects: [{ type: 'clear' }, { type: 'set-height', to: 'notice' }, { type: 'show-notice', notice: 'stopped' }],
      };
    case 'restart':
      if (state.phase !== 'stopped') return unchanged(state);
      return { state: ABSENT, effects: [{ type: 'clear' }, { type: 'request-frames' }] };
    case 'settle':
      return state.phase === 'early' ? { state: ABSENT, effects: [{ type: 'clear' }] } : unchanged(state);
    case 'discard':
      if (state.phase === 'absent') return unchanged(state);
      return {
        state: state.phase === 'stopped' ? { ...state, isHidden: true } : ABSENT,
        effects: [{ type: 'clear' }],
      };
  }
}

function onNear(state: FrameState, event: Extract<FrameEvent, { type: 'near' }>): FrameTransition {
  const { revision } = event;
  const isSame = state.phase !== 'absent' && state.revision === revision;
  switch (state.phase) {
    case 'absent':
      return fill(event);
    case 'reserved':
      if (isSame) return unchanged(state);
      return { state: { phase: 'loading', revision, isReplacing: false }, effects: [{ type: 'navigate' }] };
    case 'early': {
      if (!isSame) return clearAndFill(event);
      const placed: FrameTransition = {
        state: { phase: 'loading', revision, isReplacing: false },
        effects: [{ type: 'set-height', to: 'expected' }, { type: 'move-to-slot' }],
      };
      if (state.height === undefined) return placed;
      const shown = onDisplayable(placed.state, { type: 'displayable', frame: 'current', height: state.height });
      return { state: shown.state, effects: [...placed.effects, ...shown.effects] };
    }
    case 'loading':
    case 'shown':
      if (isSame) return unchanged(state);
      return { state: { ...state, revision, isReplacing: true }, effects: [{ type: 'load', frame: 'next' }] };
    case 'stopped':
      if (!isSame) return clearAndFill(event);
      if (!state.isHidden) return unchanged(state);
      return {
        state: { ...state, isHidden: false },
        effects: [
          { type: 'set-height', to: 'notice' },
          { type: 'show-notice', notice: 'stopped' },
        ],
      };
  }
}

/** Gives an empty slot its first frame. An accepted entry gets a warm frame, or none if none is ready. */
function fill({ revision, isRendered, hasWarmFrame }: Extract<FrameEvent, { type: 'near' }>): FrameTransition {
  const height: FrameEffect = { type: 'set-height', to: 'expected' };
  if (isRendered)
    return {
      state: { phase: 'loading', revision, isReplacing: false },
      effects: [height, { type: 'load', frame: 'current' }],
    };
  if (!hasWarmFrame) return { state: ABSENT, effects: [height] };
  return {
    state: { phase: 'reserved', revision },
    effects: [height, { type: 'take-warm-frame' }, { type: 'move-to-slot' }],
  };
}

function clearAndFill(event: Extract<FrameEvent, { type: 'near' }>): FrameTransition {
  const { state, effects } = fill(event);
  return { state, effects: [{ type: 'clear' }, ...effects] };
}

function onPage(state: FrameState, event: Extract<FrameEvent, { type: 'page' }>): FrameTransition {
  const { revision, html } = event;
  if (state.phase === 'reserved')
    return { state: { phase: 'loading', revision, isReplacing: false }, effects: [{ type: 'write-page', html }] };
  if (occupiesSlot(state) || !event.willHaveSlot || !event.hasWarmFrame) return unchanged(state);
  const clear: FrameEffect[] = state.phase === 'early' ? [{ type: 'clear' }] : [];
  return {
    state: { phase: 'early', revision },
    effects: [...clear, { type: 'take-warm-frame' }, { type: 'write-page', html }],
  };
}

function onDisplayable(state: FrameState, event: Extract<FrameEvent, { type: 'displayable' }>): FrameTransition {
  const { frame, height } = event;
  if (state.phase === 'early') return { state: { ...state, height: height ?? state.height }, effects: [] };
  if (state.phase !== 'loading' && state.phase !== 'shown') return unchanged(state);
  const isPromoted = frame === 'next';
  if (isPromoted && !state.isReplacing) return unchanged(state);
  const isNew = isPromoted || state.phase === 'loading';
  const wasUnresponsive = state.phase === 'shown' && state.isUnresponsive;
  const effects: FrameEffect[] = [];
  if (isPromoted) effects.push({ type: 'promote' });
  if (isPromoted && wasUnresponsive) effects.push({ type: 'remove-notice' });
  if (isNew) effects.push({ type: 'reveal' });
  if (height !== undefined) effects.push({ type: 'remember-height', height });
  effects.push({ type: 'set-height', to: 'reported' });
  if (isNew) effects.push({ type: 'request-frames' });
  return {
    state: {
      phase: 'shown',
      revision: state.revision,
      isReplacing: state.isReplacing && !isPromoted,
      isUnresponsive: wasUnresponsive && !isPromoted,
    },
    effects,
  };
}

function unchanged(state: FrameState): FrameTransition {
  return { state, effects: [] };
}
