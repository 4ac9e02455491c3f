import { mkdtemp, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { formats } from '../../src/formats/index.ts';
import type { RenderInput } from '../../src/shared/format.ts';

/** The id of the entry in the pages that tests render. */
export const ENTRY_ID = '0123456789abcdef0123456789abcdef';

/** The format that renders a type. */
export const formatOf = (type: string) => formats.find(({ types }) => types.includes(type));

/**
 * Renders a file as `type`, in this process.
 * @param work a temporary directory, where the page may write other files
 * @param more what the renderer is told about the file beyond its path
 * @returns the pages that the renderer has written; it should be one
 */
export async function renderFile(
  type: string,
  path: string,
  work: string,
  more: Partial<RenderInput> = {},
): Promise<string[]> {
  const renderer = (await formatOf(type)?.load())?.default;
  if (!renderer) throw new Error(`no format takes the type ${type}`);
  const pages: string[] = [];
  const bytes = (await stat(path)).size;
  const source = `${ENTRY_ID}/source/input`;
  await renderer.render(
    { path, name: 'input', type, host: 'host', bytes, open: false, source, ...more },
    {
      dir: await mkdtemp(join(work, 'out-')),
      href: ENTRY_ID,
      asset: (name) => `assets/${name}`,
      page: async (html) => {
        pages.push(html);
      },
    },
  );
  return pages;
}
