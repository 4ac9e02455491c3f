import { statSync } from 'node:fs';
import type { Format } from '../../shared/format.ts';

export default {
  name: 'har',
  about:
    'HTTP archives of browsers and proxies: a waterfall of the requests, with sizes, times and headers; secrets removed',
  types: ['har'],
  searchText: 'page',
  refines: ['json'],
  first: 256 * 1024,

  sniff(head) {
    const text = head.includes(0) ? '' : new TextDecoder().decode(head);
    const isHar = /^\s*\{\s*"log"\s*:\s*\{/.test(text) && /"(?:creator|browser|pages|entries)"\s*:/.test(text);
    return isHar ? 'har' : undefined;
  },

  async render(input, output) {
    const { harPage } = await import('./page.ts');
    const { unreadablePage } = await import('../../node/kit/page/unreadable.ts');
    if (statSync(input.path).size === 0) return output.page(unreadablePage(input, 'The file is empty.'));
    try {
      await harPage(input, output);
    } catch (error) {
      if (input.part || !(error instanceof Error) || error.name !== 'Error') throw error;
      await output.page(unreadablePage(input, `The archive could not be read: ${error.message}.`));
    }
  },
} satisfies Format;
