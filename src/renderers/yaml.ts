import type { Renderer } from '../shared/renderer.ts';
import { treePage } from './json/page.ts';
import { sniffYaml } from './yaml/sniff.ts';

export default {
  name: 'yaml',
  about: 'YAML as a tree, one document or several, aliases followed; broken YAML with the place marked',
  types: ['yaml', 'yml'],
  preview: true,

  sniff: sniffYaml,

  async render(input, output) {
    const { openYaml } = await import('./yaml/open.ts');
    await treePage(input, output, { name: 'YAML', open: openYaml, script: 'yaml.js', atLines: true, head: 20 * 1024 });
  },
} satisfies Renderer;
