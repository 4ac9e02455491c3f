import { copyFile, link, mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { layout, writeWhole } from '../store/layout.ts';

/**
 * Puts the viewer and what pages share into a scroll, so that any static web server over its directory shows it, and
 * its pages work as long as they are kept.
 */
export async function publishViewer(dir: string, scroll: string): Promise<void> {
  const home = layout.scroll(dir, scroll);
  const assets = join(home, 'assets');
  await mkdir(assets, { recursive: true, mode: 0o700 });
  for (const from of ['assets', 'viewer']) {
    const folder = fileURLToPath(new URL(`${from}/`, import.meta.url));
    for (const name of await readdir(folder)) {
      if (name.endsWith('.js') || name.endsWith('.css')) await publish(join(folder, name), join(assets, name));
    }
  }
  const page = await readFile(fileURLToPath(new URL('viewer/index.html', import.meta.url)), 'utf8');
  await writeWhole(
    join(home, 'index.html'),
    page.replaceAll('"/assets/', '"assets/').replace('<html', '<html data-static'),
  );
}

/** Gives a file a second name in a scroll, or copies it where that cannot be; some are large. */
async function publish(from: string, to: string): Promise<void> {
  const [info, present] = await Promise.all([stat(from), stat(to).catch(() => undefined)]);
  if (present?.ino === info.ino && present.dev === info.dev) return;
  // The name holds the hash of the contents, so what is there is the same, if it is whole.
  if (present?.size === info.size && /\.[0-9a-f]{8}\.\w+$/.test(to)) return;
  await rm(to, { force: true });
  await link(from, to).catch(() => copyFile(from, to));
}
