import { safeName } from '../model/names.ts';
import { urlOf } from '../renderers/page.ts';
import type { RenderResult } from './job.ts';
import { Lane } from './lane.ts';
import { runPlugin } from './plugin.ts';
import type { Pool } from './pool.ts';
import type { Accepted, Spool } from './spool.ts';

/** Plugins of one type at a time. */
const PLUGINS_AT_A_TIME = 4;

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
   * Renders what lies at `path`. Never throws: what goes wrong is in the result.
   * @param open the file still grows @param bytes its size by now
   */
  async render(file: Accepted, path = file.path, open = false, bytes = file.bytes): Promise<RenderResult> {
    const { id, name, record, host, choice, origin } = file;
    const dir = this.#spool.dirOf(id, open);
    const source = `${id}/source/${urlOf(safeName(name))}`;
    const job = {
      id,
      renderer: choice.renderer,
      path,
      origin,
      name,
      title: record.title,
      type: choice.type,
      host,
      bytes,
      open,
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
