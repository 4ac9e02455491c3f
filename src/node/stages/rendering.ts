import type { Part } from '../../shared/format.ts';
import { urlOf } from '../../shared/kit/page/shell.ts';
import { safeName } from '../../shared/names.ts';
import type { RenderResult } from './job.ts';
import { Lane } from './lane.ts';
import { runPlugin } from './plugin.ts';
import type { Pool } from './pool.ts';
import type { Accepted, Spool } from './spool.ts';

/** Plugins of one type at a time. */
const PLUGINS_AT_A_TIME = 4;

/** What of a file is rendered. */
export interface Reading {
  readonly path?: string;
  /** It still grows. */
  readonly open?: boolean;
  /** Its size by now. */
  readonly bytes?: number;
  /** Only its beginning lies at `path`. */
  readonly part?: Part;
}

/** Has files rendered, each by what was chosen for it: a plugin, or a built-in renderer in the pool. */
export class Rendering {
  #pool: Pool;
  #spool: Spool;
  #signal: AbortSignal;
  /** Plugins of one type wait for each other when there are many. */
  #plugins = new Map<string, Lane>();

  /** @param spool where pages are put @param signal ends plugins */
  constructor(pool: Pool, spool: Spool, signal: AbortSignal) {
    this.#pool = pool;
    this.#spool = spool;
    this.#signal = signal;
  }

  /**
   * Renders a file. Never throws: what goes wrong is in the result.
   * @param how what is to be read of it, if not what lies at its path
   */
  async render(file: Accepted, how: Reading = {}): Promise<RenderResult> {
    const { id, name, record, host, choice, origin } = file;
    const { path = file.path, open = false, bytes = file.bytes, part } = how;
    const dir = this.#spool.dirOf(id, open || (part !== undefined && part.failed === undefined));
    const source = `${id}/source/${urlOf(safeName(name))}`;
    const job = {
      id,
      renderer: choice.renderer,
      path,
      origin,
      name,
      title: record.title,
      type: choice.told ?? choice.type,
      host,
      bytes,
      open,
      part,
      source,
      dir,
    };
    const { plugin, type } = choice;
    if (!plugin) return this.#pool.render(job);
    const lane = this.#plugins.get(type) ?? new Lane(PLUGINS_AT_A_TIME);
    this.#plugins.set(type, lane);
    return lane.run(() => runPlugin(plugin, job, { signal: this.#signal }));
  }
}
