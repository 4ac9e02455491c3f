import { treePage } from '../../node/kit/tree/tree-page.ts';
import type { Format } from '../../shared/format.ts';

export default {
  name: 'toml',
  about: 'TOML as a tree; syntax errors are marked',
  types: ['toml', 'Cargo.lock', 'poetry.lock', 'uv.lock'],
  searchText: 'source',
  preview: true,

  async render(input, output) {
    const { openToml } = await import('./shared/open.ts');
    await treePage(input, output, { name: 'TOML', open: openToml, script: 'toml.js', cutAtLines: true });
  },
} satisfies Format;
