import type { Renderer } from '../shared/renderer.ts';
import { isTypescript } from './cast/script.ts';
import { decode, detect, isText } from './text/charset.ts';
import { TEXT_LIMITS, textPage } from './text/page.ts';
import { hasSgr } from './text/screen.ts';

export default {
  name: 'ansi',
  about: 'Terminal output with its colours, progress bars and cursor moves as a terminal would show them',
  types: ['ansi', 'ans'],
  preview: true,
  live: true,

  sniff: (head) => {
    const { charset } = detect(head);
    return isText(head) && !isTypescript(head) && hasSgr(decode(head, charset)) ? 'ansi' : undefined;
  },

  render: (input, output) => textPage(input, output, { mode: 'ansi', limits: TEXT_LIMITS }),
} satisfies Renderer;
