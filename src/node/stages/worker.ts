/**
 * The process that runs built-in renderers: one job at a time, over the channel to its parent. It exits when its parent
 * exits. The parent kills it if a job takes too long or uses too much memory.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { formats } from '../../formats/index.ts';
import { messageOf } from '../../shared/errors.ts';
import { withPreviewNote } from '../kit/page/preview-note.ts';
import type { RenderJob, RenderResult } from './job.ts';

const manifest = JSON.parse(
  readFileSync(fileURLToPath(new URL('assets/manifest.json', import.meta.url)), 'utf8'),
) as Record<string, string>;

async function render(job: RenderJob): Promise<RenderResult> {
  const started = performance.now();
  try {
    const format = formats.find(({ name }) => name === job.renderer);
    if (!format) throw new Error(`there is no format "${job.renderer}"`);
    const module = await format.load();
    // Synchronous: this process does nothing else meanwhile.
    mkdirSync(job.dir, { recursive: true, mode: 0o700 });
    let isWritten = false;
    await module.default.render(job, {
      dir: job.dir,
      href: basename(job.dir),
      asset: (name) => `assets/${manifest[name] ?? name}`,
      page: async (html) => {
        writeFileSync(`${job.dir}.html`, job.part ? withPreviewNote(html, job.part, job.bytes) : html, { mode: 0o600 });
        isWritten = true;
      },
    });
    if (!isWritten) throw new Error(`the renderer "${job.renderer}" wrote no page`);
    return { ok: true, ms: performance.now() - started };
  } catch (error) {
    const detail = error instanceof Error ? error.stack : undefined;
    return { ok: false, ms: performance.now() - started, error: messageOf(error), detail };
  }
}

process.on('message', (job: RenderJob) => {
  void render(job).then((result) => process.send?.(result));
});
process.on('disconnect', () => process.exit());
// Load the most common format before the first job.
void formats.find(({ name }) => name === 'text')?.load();
