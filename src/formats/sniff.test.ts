import { expect, test } from 'vitest';
import { scaled } from '../../test/support/deadline.ts';
import { formats } from './index.ts';

/** Parts of formats that many others are made of: repeated, they say nothing for a long time. */
const PARTS = [
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
  'the first bytes are soon looked at, whatever they are: %s',
  async (_name, info) => {
    const sniff = (await info.load()).default.sniff;
    for (const part of PARTS) {
      const head = Buffer.from(part.repeat(Math.ceil(4096 / part.length))).subarray(0, 4096);
      // The server waits for a sniff. A pattern that tries all ways to divide this text would never end.
      const start = process.cpuUsage();
      sniff?.(head);
      expect(process.cpuUsage(start).user / 1000, JSON.stringify(part)).toBeLessThan(scaled(500));
    }
  },
);
