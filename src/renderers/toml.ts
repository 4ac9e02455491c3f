import type { Renderer } from '../shared/renderer.ts';
import { treePage } from './json/page.ts';

export default {
  name: 'toml',
  about: 'TOML as a tree; broken TOML with the place marked',
  types: ['toml', 'Cargo.lock', 'poetry.lock', 'uv.lock'],
  preview: true,

  async render(input, output) {
    const { openToml } = await import('./toml/open.ts');
    await treePage(input, output, { name: 'TOML', open: openToml, script: 'toml.js', atLines: true });
  },
} satisfies Renderer;
