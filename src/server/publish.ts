import { copyFile, mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { layout, writeWhole } from '../scroll/layout.ts';

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
      if (name.endsWith('.js') || name.endsWith('.css')) await copyFile(join(folder, name), join(assets, name));
    }
  }
  const page = await readFile(fileURLToPath(new URL('viewer/index.html', import.meta.url)), 'utf8');
  await writeWhole(
    join(home, 'index.html'),
    page.replaceAll('"/assets/', '"assets/').replace('<html', '<html data-static'),
  );
}
