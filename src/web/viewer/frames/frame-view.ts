import type { FeedEntry } from '../../../shared/feed.ts';
import type { MessageToPage } from '../../../shared/page-messages.ts';
import { createNotice, type NoticeKind } from '../ui/notice.ts';
import type { Urls } from '../urls.ts';
import { createFrameHeartbeats } from './frame-heartbeats.ts';
import type { FrameHeights } from './frame-heights.ts';
import {
  ABSENT,
  expectsHeartbeat,
  type FrameEffect,
  type FrameEvent,
  type FrameRole,
  type FrameState,
  transition,
} from './frame-state.ts';
import { createSandboxedFrame, postToPage } from './sandbox.ts';
import type { WarmFrames } from './warm-frames.ts';

/** A page that has sent no message for this time (milliseconds) is made visible as far as it has loaded. */
const LOAD_TIMEOUT = 1000;
/** The height of a slot with only a notice. */
export const NOTICE_HEIGHT = 44;

/** The objects that the frames of all entries share. */
export interface FrameContext {
  readonly urls: Urls;
  readonly warm: WarmFrames;
  readonly heights: FrameHeights;
  /** Called when a frame has finished loading or may be loaded again, so that the feed chooses frames to load. */
  requestFrames(): void;
}

/** The frames of one entry in the document. It executes the effects of `frame-state.ts`. */
export interface FrameView {
  readonly state: FrameState;
  /** The entry is near the window and is to be shown in `slot`. */
  show(entry: FeedEntry, slot: HTMLElement): void;
  /** Shows the HTML of a page in a warm frame; see `Frames.deliver`. Returns whether a frame has taken it. */
  deliver(entry: FeedEntry, html: string, willHaveSlot: boolean): boolean;
  dispatch(event: Exclude<FrameEvent, { type: 'near' | 'page' }>): void;
  /** The role of the frame with this window, if it is one of the entry's. */
  roleOf(source: MessageEventSource): FrameRole | undefined;
  post(message: MessageToPage): void;
  /** The page in the current frame has answered a heartbeat. */
  onAnswer(): void;
  /** Sends a heartbeat to the current page if it is due. */
  sendHeartbeat(): void;
  /** Adapts the height after the window has been resized. */
  resize(): void;
}

export function createFrameView(first: FeedEntry, context: FrameContext): FrameView {
  const { urls, warm, heights } = context;
  let state: FrameState = ABSENT;
  let entry = first;
  let slot: HTMLElement | undefined;
  let notice: HTMLElement | undefined;
  const frames: { current?: HTMLIFrameElement; next?: HTMLIFrameElement } = {};
  const heartbeats = createFrameHeartbeats();

  const dispatch = (event: FrameEvent): readonly FrameEffect[] => {
    const next = transition(state, event);
    state = next.state;
    next.effects.forEach(execute);
    return next.effects;
  };

  const execute = (effect: FrameEffect): void => {
    switch (effect.type) {
      case 'take-warm-frame':
        frames.current = warm.take(entry.id);
        return;
      case 'write-page':
        if (!frames.current) return;
        warm.write(frames.current, effect.html);
        expectPage(frames.current);
        return;
      case 'move-to-slot':
        if (frames.current && slot) warm.moveTo(frames.current, slot);
        return;
      case 'load': {
        const frame = createSandboxedFrame('');
        load(frame);
        frames[effect.frame]?.remove();
        frames[effect.frame] = frame;
        if (effect.frame === 'next') frame.classList.add('next');
        slot?.append(frame);
        return;
      }
      case 'navigate':
        if (frames.current) load(frames.current);
        return;
      case 'promote':
        frames.current?.remove();
        frames.next?.classList.remove('next');
        frames.current = frames.next;
        frames.next = undefined;
        return;
      case 'reveal':
        frames.current?.classList.add('visible');
        slot?.classList.add('visible');
        if (frames.current && entry.status === 'open')
          postToPage(frames.current, { webpipe: 'grown', bytes: entry.bytes, ended: false });
        return;
      case 'clear':
        frames.current?.remove();
        frames.next?.remove();
        frames.current = frames.next = undefined;
        notice?.remove();
        slot?.classList.remove('visible');
        return;
      case 'remember-height':
        heights.remember(entry, effect.height);
        return;
      case 'set-height':
        setHeight(effect.to);
        return;
      case 'show-notice':
        showNotice(effect.notice);
        return;
      case 'remove-notice':
        notice?.remove();
        return;
      case 'request-frames':
        context.requestFrames();
    }
  };

  const load = (frame: HTMLIFrameElement): void => {
    frame.src = urls.frame(entry);
    frame.addEventListener('load', () => onDisplayable(frame));
    expectPage(frame);
  };

  /** Prepares for a page that begins to load in the frame. */
  const expectPage = (frame: HTMLIFrameElement): void => {
    frame.title = `#${entry.n} ${entry.title ?? entry.name}`;
    heartbeats.reset(frame);
    frame.addEventListener('load', () => heartbeats.update(frame, 'loaded'));
    setTimeout(() => {
      if (frame.contentWindow && !frame.classList.contains('visible')) onDisplayable(frame);
    }, LOAD_TIMEOUT);
  };

  const onDisplayable = (frame: HTMLIFrameElement): void => {
    const role = frame === frames.current ? 'current' : frame === frames.next ? 'next' : undefined;
    if (role) dispatch({ type: 'displayable', frame: role });
  };

  const setHeight = (to: 'expected' | 'reported' | 'notice'): void => {
    if (!slot) return;
    const height =
      to === 'notice'
        ? NOTICE_HEIGHT
        : to === 'expected'
          ? heights.expected(entry, innerHeight)
          : heights.reported(entry.n, innerHeight);
    slot.style.height = `${height}px`;
  };

  const showNotice = (kind: NoticeKind): void => {
    notice?.remove();
    notice = createNotice(kind, () => {
      dispatch({ type: kind === 'unresponsive' ? 'stop' : 'restart' });
      if (kind === 'unresponsive') notice?.querySelector('button')?.focus();
    });
    slot?.append(notice);
    if (kind === 'stopped') slot?.classList.add('visible');
  };

  const post = (message: MessageToPage): void => {
    for (const frame of [frames.current, frames.next]) if (frame) postToPage(frame, message);
  };

  /** Warm frames have the viewer's host, so isolated entries cannot use them. */
  const hasWarmFrame = (forEntry: FeedEntry): boolean => !urls.isIsolated(forEntry) && warm.isReady;

  return {
    get state() {
      return state;
    },
    show(nextEntry, nextSlot) {
      entry = nextEntry;
      slot = nextSlot;
      const { revision, status } = entry;
      dispatch({ type: 'near', revision, isRendered: status !== 'accepted', hasWarmFrame: hasWarmFrame(entry) });
    },
    deliver(delivered, html, willHaveSlot) {
      const { revision } = delivered;
      const effects = dispatch({ type: 'page', revision, html, willHaveSlot, hasWarmFrame: hasWarmFrame(delivered) });
      if (effects.length === 0) return false;
      entry = delivered;
      return true;
    },
    dispatch,
    roleOf(source) {
      if (frames.current?.contentWindow === source) return 'current';
      return frames.next?.contentWindow === source ? 'next' : undefined;
    },
    post,
    onAnswer() {
      if (frames.current) heartbeats.update(frames.current, 'answered');
    },
    sendHeartbeat() {
      if (!frames.current || !expectsHeartbeat(state)) return;
      heartbeats.update(frames.current, 'tick');
      dispatch({ type: 'heartbeat', isLate: heartbeats.isLate(frames.current) });
    },
    resize() {
      if (state.phase === 'shown') setHeight('reported');
    },
  };
}
