import { treePage } from '../../node/kit/tree/tree-page.ts';
import type { Format } from '../../shared/format.ts';
import { sniffYaml } from './sniff.ts';

export default {
  name: 'yaml',
  about: 'YAML as a tree, one document or several, with aliases resolved; syntax errors are marked',
  types: ['yaml', 'yml'],
  searchText: 'source',
  preview: true,

  sniff: sniffYaml,

  async render(input, output) {
    const { openYaml } = await import('./shared/open.ts');
    await treePage(input, output, {
      name: 'YAML',
      open: openYaml,
      script: 'yaml.js',
      cutAtLines: true,
      headBytes: 20 * 1024,
    });
  },
} satisfies Format;
