import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FileWriter } from '../store/store.ts';

/**
 * Puts the viewer, and what the pages of entries share, into a scroll. Any static web server over its directory then
 * shows the scroll, and its pages work for as long as they are kept.
 */
export async function publishViewer(files: FileWriter): Promise<void> {
  for (const folder of ['assets', 'viewer']) {
    const path = builtPath(`${folder}/`);
    for (const name of await readdir(path)) {
      if (name.endsWith('.js') || name.endsWith('.css'))
        await files.putShared(`assets/${name}`, { path: join(path, name) });
    }
  }
  const page = await readFile(builtPath('viewer/index.html'), 'utf8');
  const text = page.replaceAll('"/assets/', '"assets/').replace('<html', '<html data-static');
  await files.putShared('index.html', { text });
}

/** The path of a file of the build, which is beside this program. */
function builtPath(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}
