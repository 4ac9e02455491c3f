import { expect, test } from 'vitest';
import { scaled } from '../../test/support/deadline.ts';
import { formats } from './index.ts';

/** Fragments that occur in many formats. Repeated, they keep a pattern from deciding until the end of the text. */
const FRAGMENTS = [
  '# a # b\n',
  '// a // b\n',
  '/* a */ ',
  '<!-- a -->\n',
  '"a" ',
  ' \t',
  'a: b\n',
  '- a\n',
  'a;b 1\n',
  '{"a":',
  '[1,',
];

test.each(formats.filter(({ sniffs }) => sniffs).map((info) => [info.name, info] as const))(
  'the sniff of %s takes little time for any first bytes',
  async (_name, info) => {
    const sniff = (await info.load()).default.sniff;
    for (const fragment of FRAGMENTS) {
      const head = Buffer.from(fragment.repeat(Math.ceil(4096 / fragment.length))).subarray(0, 4096);
      // A sniff blocks the server, so its patterns must not backtrack.
      const start = process.cpuUsage();
      sniff?.(head);
      expect(process.cpuUsage(start).user / 1000, JSON.stringify(fragment)).toBeLessThan(scaled(500));
    }
  },
);
