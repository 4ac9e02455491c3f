import type { ViewerMessage } from '../../shared/feed.ts';
import { byId } from './dom.ts';
import { sandboxedFrame } from './messages.ts';
import type { Place } from './place.ts';

const SPARES = 2;

/**
 * Frames that wait, loaded and empty, for the next page: writing into one takes a few milliseconds, loading a new one
 * some forty. They wait in a corner of the window, unseen, and are moved into their article by `moveBefore`, which does
 * not load them again; a browser without it goes the ordinary way.
 */
export interface WarmFrames {
  /** The server is there (again): what an earlier connection gave is of no use any more. New ones come after `wait` ms. */
  begin(wait: number): void;
  /** The server has named frames to load. */
  add(names: readonly string[]): void;
  /** The frame of this window says that it waits; false if it is none of these. */
  ready(source: MessageEventSource): boolean;
  /** A frame that waits, from now on for entry `id`; it stays where it is until it is placed. Undefined if none waits. */
  take(id: string): HTMLIFrameElement | undefined;
  /** Writes a page, once, into a frame that was taken. */
  write(frame: HTMLIFrameElement, html: string): void;
  /** Moves a frame into the slot of its entry, as it is. */
  place(frame: HTMLIFrameElement, slot: HTMLElement): void;
}

export function createWarmFrames(place: Place, send: (message: ViewerMessage) => void): WarmFrames {
  const shelf = byId('warm') as HTMLElement & { moveBefore?(node: Node, child: Node | null): void };
  const frames: { readonly name: string; readonly frame: HTMLIFrameElement }[] = [];
  /** The way into each frame that is ready. */
  const ports = new WeakMap<HTMLIFrameElement, MessagePort>();
  let beginning: ReturnType<typeof setTimeout> | undefined;
  const usable = typeof shelf.moveBefore === 'function';

  return {
    begin(wait) {
      if (!usable) return;
      for (const { frame } of frames.splice(0)) frame.remove();
      clearTimeout(beginning);
      beginning = setTimeout(() => send({ kind: 'spare', count: SPARES }), wait);
    },
    add(names) {
      for (const name of names.slice(0, SPARES - frames.length)) {
        const frame = sandboxedFrame('');
        frame.src = place.warmFrame(name);
        frames.push({ name, frame });
        shelf.append(frame);
      }
    },
    ready(source) {
      const found = frames.find(({ frame }) => frame.contentWindow === source);
      if (!found) return false;
      const { port1, port2 } = new MessageChannel();
      ports.set(found.frame, port1);
      found.frame.contentWindow?.postMessage('port', '*', [port2]);
      return true;
    },
    take(id) {
      const index = frames.findIndex(({ frame }) => ports.has(frame));
      const [taken] = index < 0 ? [] : frames.splice(index, 1);
      if (!taken) return undefined;
      send({ kind: 'bind', frame: taken.name, id });
      // The next one loads when this one has probably been painted.
      setTimeout(() => send({ kind: 'spare', count: 1 }), 100);
      return taken.frame;
    },
    write(frame, html) {
      ports.get(frame)?.postMessage(html);
    },
    place(frame, slot) {
      (slot as typeof shelf).moveBefore?.(frame, null);
    },
  };
}
