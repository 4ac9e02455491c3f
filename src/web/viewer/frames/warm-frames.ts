import type { ViewerMessage } from '../../../shared/feed.ts';
import { byId } from '../ui/dom.ts';
import type { Urls } from '../urls.ts';
import { createSandboxedFrame, postToPage } from './sandbox.ts';
import { addFrames, markReady, POOL_SIZE, takeReady, type WarmPool } from './warm-pool.ts';

/** The delay before a taken frame is replaced, milliseconds: its page has probably been painted by then. */
const REFILL_DELAY = 100;

/**
 * Frames that are loaded and empty, so that the next page need only be written: a few milliseconds instead of some
 * forty for a new frame. They wait invisibly in a corner of the window. `moveBefore` moves them into their article
 * without reloading them. In browsers without `moveBefore` there are no warm frames, and every page is loaded.
 */
export interface WarmFrames {
  /** Discards the frames of an earlier connection, which are useless, and requests new ones after `delay` ms. */
  reset(delay: number): void;
  /** Loads the frames that the server has named. */
  add(names: readonly string[]): void;
  /** The empty page in this window has loaded. */
  onReady(source: MessageEventSource): void;
  /** Whether `take` returns a frame. */
  readonly isReady: boolean;
  /** Takes a frame for the page of entry `id`. It stays where it is until it is moved. Undefined if none is ready. */
  take(id: string): HTMLIFrameElement | undefined;
  /** Writes the HTML of a page into a frame that was taken; once for each frame. */
  write(frame: HTMLIFrameElement, html: string): void;
  /** Moves a frame that was taken into the slot of its entry, with its state. */
  moveTo(frame: HTMLIFrameElement, slot: HTMLElement): void;
}

/** `Element.moveBefore` is not yet in TypeScript's DOM library. */
type MovingElement = HTMLElement & { moveBefore?(node: Node, child: Node | null): void };

export function createWarmFrames(urls: Urls, send: (message: ViewerMessage) => void): WarmFrames {
  const container: MovingElement = byId('warm');
  const isSupported = typeof container.moveBefore === 'function';
  let pool: WarmPool = [];
  const frames = new Map<string, HTMLIFrameElement>();
  /** The port of each frame that is ready or taken. */
  const ports = new WeakMap<HTMLIFrameElement, MessagePort>();
  let request: ReturnType<typeof setTimeout> | undefined;

  return {
    reset(delay) {
      if (!isSupported) return;
      for (const frame of frames.values()) frame.remove();
      frames.clear();
      pool = [];
      clearTimeout(request);
      request = setTimeout(() => send({ kind: 'spare', count: POOL_SIZE }), delay);
    },
    add(names) {
      pool = addFrames(pool, names);
      for (const { name } of pool) {
        if (frames.has(name)) continue;
        const frame = createSandboxedFrame('');
        frame.src = urls.warmFrame(name);
        frames.set(name, frame);
        container.append(frame);
      }
    },
    onReady(source) {
      const [name, frame] = [...frames].find(([, { contentWindow }]) => contentWindow === source) ?? [];
      if (name === undefined || !frame) return;
      const { port1, port2 } = new MessageChannel();
      ports.set(frame, port1);
      postToPage(frame, { webpipe: 'port' }, [port2]);
      pool = markReady(pool, name);
    },
    get isReady() {
      return pool.some(({ phase }) => phase === 'ready');
    },
    take(id) {
      const taken = takeReady(pool);
      const frame = taken.name === undefined ? undefined : frames.get(taken.name);
      if (taken.name === undefined || !frame) return undefined;
      pool = taken.pool;
      frames.delete(taken.name);
      send({ kind: 'bind', frame: taken.name, id });
      setTimeout(() => send({ kind: 'spare', count: 1 }), REFILL_DELAY);
      return frame;
    },
    write(frame, html) {
      ports.get(frame)?.postMessage(html);
    },
    moveTo(frame, slot) {
      (slot as MovingElement).moveBefore?.(frame, null);
    },
  };
}
