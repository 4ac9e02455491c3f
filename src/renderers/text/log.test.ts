import { expect, test } from 'vitest';
import { logHtml } from './log.ts';

test.each([
  [
    '2024-01-31T12:00:00.123Z ERROR <x>',
    '<span class="lt">2024-01-31T12:00:00.123Z</span> <b class="le">ERROR</b> &lt;x&gt;',
  ],
  ['[2024-01-31 12:00:00] WARNING: w', '<span class="lt">[2024-01-31 12:00:00]</span> <b class="lw">WARNING</b>: w'],
  ['Jan  1 12:00:00 host x', '<span class="lt">Jan  1 12:00:00</span> host x'],
  ['MIRROR errors', 'MIRROR errors'],
])('%s', (text, html) => {
  expect(logHtml(text)).toBe(html);
});
