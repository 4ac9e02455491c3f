import type { Part } from '../../shared/format.ts';
import { relativeUrl } from '../../shared/kit/page/shell.ts';
import { safeName } from '../../shared/names.ts';
import type { Inbox } from '../inbox/inbox.ts';
import { Limiter } from '../inbox/limiter.ts';
import type { RenderResult } from './job.ts';
import { runPlugin } from './plugin.ts';
import type { Pool } from './pool.ts';
import type { StoredFile } from './stored-file.ts';

/** The most plugins of one type that run at a time. */
const MAX_RUNNING_PLUGINS = 4;

/** How the source of a rendering differs from the stored file. */
export interface RenderedSource {
  readonly path?: string;
  /** The file still grows. */
  readonly open?: boolean;
  /** Its current size, bytes. */
  readonly bytes?: number;
  /** Only the beginning of the file is at `path`. */
  readonly part?: Part;
}

/** Renders each file with its plugin, or with its built-in renderer in the pool. */
export class Rendering {
  #pool: Pool;
  #inbox: Inbox;
  #signal: AbortSignal;
  /** Limits the plugins of each type. */
  #plugins = new Map<string, Limiter>();

  /** @param inbox where pages are written @param signal ends running plugins */
  constructor(pool: Pool, inbox: Inbox, signal: AbortSignal) {
    this.#pool = pool;
    this.#inbox = inbox;
    this.#signal = signal;
  }

  /** Renders a file. Never throws: a failure is a result. */
  async render(file: StoredFile, renderedSource: RenderedSource = {}): Promise<RenderResult> {
    const { id, labels, type, renderer, origin } = file;
    const { path = file.path, open = false, bytes = file.bytes, part } = renderedSource;
    const job = {
      id,
      renderer: renderer.renderer,
      path,
      origin,
      name: labels.name,
      title: labels.title,
      type: type.detectedType ?? type.type,
      host: labels.host,
      bytes,
      open,
      part,
      source: `${id}/source/${relativeUrl(safeName(labels.name))}`,
      dir: this.#inbox.itemPath(id, open || (part !== undefined && part.failed === undefined)),
    };
    const { plugin } = renderer;
    if (!plugin) return this.#pool.render(job);
    const limiter = this.#plugins.get(type.type) ?? new Limiter(MAX_RUNNING_PLUGINS);
    this.#plugins.set(type.type, limiter);
    return limiter.run(() => runPlugin(plugin, job, { signal: this.#signal }));
  }
}
