import type { ScrollReader } from '../store/store.ts';
import type { Capabilities } from './capability.ts';

/** Warm frames that a viewer may create at a time. */
const MAX_FRAMES = 4;
/** How long after its viewer's end a frame may still load files, milliseconds. */
const GRACE = 60_000;

/** The warm frames of one viewer. */
export class FeedFrames {
  #capabilities: Capabilities;
  #names = new Set<string>();

  constructor(capabilities: Capabilities) {
    this.#capabilities = capabilities;
  }

  /** Creates `count` warm frames. @returns their names; earlier ones stay valid */
  create(scroll: ScrollReader, count: number): string[] {
    const length = Math.min(Math.max(0, count), MAX_FRAMES);
    const created = Array.from({ length }, () => this.#capabilities.spare(scroll.name));
    for (const name of created) this.#names.add(name);
    return created;
  }

  /** Lets the frame load the files of this entry from now on. */
  bind(scroll: ScrollReader, frame: string, id: string): void {
    if (this.#names.has(frame) && scroll.entry(id)) this.#capabilities.bind(frame, scroll.name, id);
  }

  /** Revokes all of them after a grace period, since a frame may still be loading its last file. */
  close(): void {
    setTimeout(() => {
      for (const name of this.#names) this.#capabilities.forget(name);
    }, GRACE).unref();
  }
}
