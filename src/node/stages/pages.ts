import { linkSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { messageOf } from '../../shared/errors.ts';
import { safeName } from '../../shared/names.ts';
import { readHead } from '../kit/text/ends.ts';
import { SMALL } from './intake.ts';
import type { RenderResult } from './job.ts';
import type { Rendering } from './rendering.ts';
import type { Accepted, Spool } from './spool.ts';

/**
 * Pages of files that are read as a whole. Of a large one there is a first page, made of its beginning, which is soon
 * there; it stays where the whole cannot be shown.
 */
export class Pages {
  #spool: Spool;
  #rendering: Rendering;

  constructor(spool: Spool, rendering: Rendering) {
    this.#spool = spool;
    this.#rendering = rendering;
  }

  /** Whether there is a first page of this file. */
  #hasFirst({ choice, bytes }: Accepted): boolean {
    return choice.first !== undefined && bytes > Math.max(SMALL, choice.first);
  }

  /** Makes the first page, where there is to be one, beside what is shown of open files. Never throws. */
  async first(file: Accepted): Promise<RenderResult | undefined> {
    if (!this.#hasFirst(file)) return undefined;
    return this.#beginning(file, file.path);
  }

  /** Makes the page of all of it. Never throws. */
  async whole(file: Accepted): Promise<RenderResult> {
    if (!this.#hasFirst(file)) return this.#rendering.render(file);
    const path = file.choice.preview ? file.path : this.#spool.keptPath(file.id, file.name);
    const result = await (file.choice.preview ? Promise.resolve() : file.durable()).then(
      () => this.#rendering.render({ ...file, path }),
      (error: unknown): RenderResult => ({ ok: false, ms: 0, error: messageOf(error) }),
    );
    if (result.ok) return result;
    const part = await this.#beginning(file, path, result.error);
    return part.ok ? part : result;
  }

  /** @param failed why this is the last page */
  async #beginning(file: Accepted, path: string, failed?: string): Promise<RenderResult> {
    const dir = this.#spool.dirOf(file.id, failed === undefined);
    const cut = `${dir}.part`;
    try {
      mkdirSync(dirname(dir), { recursive: true, mode: 0o700 });
      const head = beginning(path, file.choice.first ?? 0);
      writeFileSync(cut, head, { mode: 0o600 });
      const part = { bytes: head.length, failed };
      const result = await this.#rendering.render(file, { path: cut, part });
      if (failed === undefined && result.ok) this.#lend(file, dir);
      return result;
    } catch (error) {
      return { ok: false, ms: 0, error: messageOf(error) };
    } finally {
      rmSync(cut, { force: true });
    }
  }

  /** The original has a second name in the directory that goes with the first page. */
  #lend({ id, name }: Accepted, dir: string): void {
    mkdirSync(join(dir, 'source'), { recursive: true, mode: 0o700 });
    linkSync(this.#spool.keptPath(id, name), join(dir, 'source', safeName(name)));
  }
}

/** The first `most` bytes of a file; of a text without what is cut at its end: a paragraph, where there are some, or a line. */
function beginning(path: string, most: number): Uint8Array {
  const bytes = readHead(path, most);
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (head.subarray(0, 4096).includes(0)) return head;
  const near = Math.floor(head.length / 2);
  const paragraph = head.lastIndexOf('\n\n') + 2;
  const line = head.lastIndexOf('\n') + 1;
  return head.subarray(0, paragraph > near ? paragraph : line > near ? line : head.length);
}
