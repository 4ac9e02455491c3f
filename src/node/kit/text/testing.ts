import { stat } from 'node:fs/promises';
import type { Format, RenderInput } from '../../../shared/format.ts';

/** For tests: the HTML page that a format renders for a file. */
export async function renderPage(format: Format, path: string, more: Partial<RenderInput> = {}): Promise<string> {
  let page = '';
  const info = await stat(path);
  await format.render(
    {
      path,
      name: 'name',
      type: format.types[0] ?? '',
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
