import { stat } from 'node:fs/promises';
import type { Renderer, RenderInput } from '../../shared/renderer.ts';

/** For tests: the page that a renderer makes of a file. */
export async function renderPage(renderer: Renderer, path: string, more: Partial<RenderInput> = {}): Promise<string> {
  let page = '';
  const info = await stat(path);
  await renderer.render(
    {
      path,
      name: 'name',
      type: renderer.types[0] ?? '',
      host: 'h',
      bytes: info.size,
      open: false,
      source: 'id/source/name',
      ...more,
    },
    {
      dir: '/nonexistent',
      href: 'id',
      asset: (name) => `assets/${name}`,
      page: async (html) => {
        page = html;
      },
    },
  );
  return page;
}
