import { type Chunk, heldBytesOf } from './values.ts';

/** Largest memory of cached chunks, in bytes: of all their data, and of the data that is cheap to read again. */
const MAX_HELD_BYTES = 48 * 1024 * 1024;
const MAX_RELEASABLE_BYTES = 8 * 1024 * 1024;

/** Caches opened column chunks, so that the positions of their pages are known when they are read again. */
export class ChunkCache {
  /** The least recently used first. */
  readonly #chunks = new Map<string, Chunk>();
  /** The last read of each chunk that is being read. */
  readonly #activeReads = new Map<string, Promise<unknown>>();

  get(key: string): Chunk | undefined {
    return this.#chunks.get(key);
  }

  /**
   * Adds a chunk, or marks it as recently used, and calls `work` to read it. Reads of a chunk run one after another,
   * because they share its window. After the last one the chunk stops reading ahead.
   */
  async read<T>(key: string, chunk: Chunk, work: () => Promise<T>): Promise<T> {
    this.#chunks.delete(key);
    this.#chunks.set(key, chunk);
    const previousRead = this.#activeReads.get(key);
    const read = (async () => {
      await previousRead?.catch(() => {});
      return work();
    })();
    this.#activeReads.set(key, read);
    try {
      return await read;
    } finally {
      if (this.#activeReads.get(key) === read) {
        this.#activeReads.delete(key);
        chunk.pages.pause();
      }
      this.#evict();
    }
  }

  /** Adds a chunk whose read has ended, unless the cache has one. Frees its data, except for its page offsets. */
  addReleased(key: string, chunk: Chunk): void {
    if (this.#chunks.has(key)) return;
    chunk.pages.release();
    this.#chunks.set(key, chunk);
    this.#evict();
  }

  /** Frees data of the least recently used chunks. Keeps their page offsets while memory allows. */
  #evict(): void {
    let releasableBytes = [...this.#chunks.values()].reduce((sum, { pages }) => sum + pages.heldBytes(), 0);
    for (const [key, { pages }] of this.#chunks) {
      if (releasableBytes <= MAX_RELEASABLE_BYTES) break;
      if (this.#activeReads.has(key)) continue;
      releasableBytes -= pages.heldBytes();
      pages.release();
      releasableBytes += pages.heldBytes();
    }
    let heldBytes = [...this.#chunks.values()].reduce((sum, chunk) => sum + heldBytesOf(chunk), 0);
    for (const [key, chunk] of this.#chunks) {
      if (heldBytes <= MAX_HELD_BYTES) break;
      if (this.#activeReads.has(key)) continue;
      heldBytes -= heldBytesOf(chunk);
      this.#chunks.delete(key);
    }
  }
}
