import type { Format } from '../../shared/format.ts';

/** A line of `du`: a size, a tab, and a path that contains a slash or is `.`. */
const LINE = /^\d+(?:[.,]\d+)?(?:[KMGTPE](?:i?B)?)?\t(?:\.|[^\t]*\/[^\t]*)\r?$/i;

export default {
  name: 'sizes',
  about: 'du, and other lines with a size and a path, as a treemap; click to open directories',
  types: ['du', 'sizes'],
  searchText: 'source',
  first: 128 * 1024,

  sniff(head) {
    if (head.includes(0)) return undefined;
    const lines = new TextDecoder()
      .decode(head)
      .split('\n')
      .slice(0, head.length < 4096 ? undefined : -1);
    if (lines.at(-1) === '') lines.pop();
    return lines.length >= 3 && lines.every((line) => LINE.test(line)) ? 'du' : undefined;
  },

  async render(input, output) {
    const { sizesPage } = await import('./page.ts');
    await sizesPage(input, output);
  },
} satisfies Format;
