import { linkSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { messageOf } from '../../shared/errors.ts';
import { safeName } from '../../shared/names.ts';
import { SMALL } from '../inbox/copy.ts';
import type { Inbox } from '../inbox/inbox.ts';
import { readHead } from '../kit/text/file-ends.ts';
import type { RenderResult } from './job.ts';
import type { Rendering } from './rendering.ts';
import type { StoredFile } from './stored-file.ts';

/**
 * Renders the pages of a file. A large file whose renderer reads all of it has two: a preview of its beginning, and the
 * page of the complete file, which replaces it.
 */
export class Pages {
  #inbox: Inbox;
  #rendering: Rendering;

  constructor(inbox: Inbox, rendering: Rendering) {
    this.#inbox = inbox;
    this.#rendering = rendering;
  }

  /** Whether this file has a preview. */
  hasPreview({ renderer, bytes }: StoredFile): boolean {
    return renderer.first !== undefined && bytes > Math.max(SMALL, renderer.first);
  }

  /** Renders the preview of a file that has one. Never throws. */
  preview(file: StoredFile): Promise<RenderResult> {
    return this.#renderBeginning(file, file.path);
  }

  /**
   * Renders the page of the complete file. If that fails and there is a preview, returns the preview again with the
   * reason.
   */
  async complete(file: StoredFile): Promise<RenderResult> {
    if (!this.hasPreview(file)) return this.#rendering.render(file);
    const readsPart = file.renderer.preview;
    const path = readsPart ? file.path : this.#inbox.sourcePath(file.id, file.labels.name);
    const result = await (readsPart ? Promise.resolve() : file.durable()).then(
      () => this.#rendering.render({ ...file, path }),
      (error: unknown): RenderResult => ({ ok: false, ms: 0, error: messageOf(error) }),
    );
    if (result.ok) return result;
    const preview = await this.#renderBeginning(file, path, result.error);
    return preview.ok ? preview : result;
  }

  /** @param failed why there is no page of the complete file, if this is the last page of the entry */
  async #renderBeginning(file: StoredFile, path: string, failed?: string): Promise<RenderResult> {
    const dir = this.#inbox.itemPath(file.id, failed === undefined);
    const beginningPath = `${dir}.part`;
    try {
      mkdirSync(dirname(dir), { recursive: true, mode: 0o700 });
      const head = readBeginning(path, file.renderer.first ?? 0);
      writeFileSync(beginningPath, head, { mode: 0o600 });
      const part = { bytes: head.length, failed };
      const result = await this.#rendering.render(file, { path: beginningPath, part });
      if (failed === undefined && result.ok) this.#linkOriginal(file, dir);
      return result;
    } catch (error) {
      return { ok: false, ms: 0, error: messageOf(error) };
    } finally {
      rmSync(beginningPath, { force: true });
    }
  }

  /** Links the original into the directory of the preview. */
  #linkOriginal({ id, labels }: StoredFile, dir: string): void {
    mkdirSync(join(dir, 'source'), { recursive: true, mode: 0o700 });
    linkSync(this.#inbox.sourcePath(id, labels.name), join(dir, 'source', safeName(labels.name)));
  }
}

/** The first `max` bytes of a file. In a text, the paragraph or line that is cut at the end is left out. */
function readBeginning(path: string, max: number): Uint8Array {
  const bytes = readHead(path, max);
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (head.subarray(0, 4096).includes(0)) return head;
  const middle = Math.floor(head.length / 2);
  const paragraph = head.lastIndexOf('\n\n') + 2;
  const line = head.lastIndexOf('\n') + 1;
  return head.subarray(0, paragraph > middle ? paragraph : line > middle ? line : head.length);
}
