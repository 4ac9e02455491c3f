import { TEXT_LIMITS, textPage } from '../../node/kit/text/text-page.ts';
import type { Format } from '../../shared/format.ts';
import { decode, detectCharset, isText } from '../../shared/kit/text/charset.ts';
import { hasSgr } from '../../shared/kit/text/screen.ts';
import { isTypescript } from '../cast/shared/typescript.ts';

export default {
  name: 'ansi',
  about: 'Terminal output with colours, progress bars and cursor movements, as a terminal shows it',
  types: ['ansi', 'ans'],
  searchText: 'page',
  sharesProcess: ['ansi'],
  preview: true,
  live: true,

  sniff: (head) => {
    const { charset } = detectCharset(head);
    return isText(head) && !isTypescript(head) && hasSgr(decode(head, charset)) ? 'ansi' : undefined;
  },

  render: (input, output) => textPage(input, output, { mode: 'ansi', limits: TEXT_LIMITS }),
} satisfies Format;
