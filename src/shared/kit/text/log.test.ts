import { expect, test } from 'vitest';
import { expectLinear } from '../../../../test/support/growth.ts';
import { logHighlighter, logHtml } from './log-html.ts';
import { isLog, levelTracker, lineTime } from './log-levels.ts';

test.each([
  [
    '2024-01-31T12:00:00.123Z ERROR <x>',
    '<span class="re"><span class="lt">2024-01-31T12:00:00.123Z</span> <b class="le">ERROR</b> &lt;x&gt;</span>',
  ],
  [
    '[2024-01-31 12:00:00] WARNING: w',
    '<span class="rw"><span class="lt">[2024-01-31 12:00:00]</span> <b class="lw">WARNING</b>: w</span>',
  ],
  ['Jan  1 12:00:00 host x', '<span class="rn"><span class="lt">Jan  1 12:00:00</span> host x</span>'],
  ['MIRROR errors', '<span class="rn">MIRROR errors</span>'],
  [
    'level=error time="2024-01-31T12:00:00Z" msg="no time"',
    '<span class="re">level=<b class="le">error</b> time="<span class="lt">2024-01-31T12:00:00Z</span>" msg="no time"</span>',
  ],
  ['I0131 12:00:00.5 f.go:1] x', '<span class="ri"><span class="lt">I0131 12:00:00.5</span> f.go:1] x</span>'],
])('%s', (text, html) => {
  expect(logHtml(text)).toBe(html);
});

test.each([
  ['2024-01-31 12:00:00,123 - root - INFO - ready', 'i', '2024-01-31 12:00:00,123'],
  ['12:00:00.5 [main] DEBUG com.example.X - y', 'd', '12:00:00.5'],
  ['time="2024-01-31T12:00:00Z" level=warning msg="an error"', 'w', '2024-01-31T12:00:00Z'],
  ['{"time":"2024-01-31T12:00:00.000Z","level":"error","msg":"x"}', 'e', '2024-01-31T12:00:00.000Z'],
  ['{"level":50,"time":1706702400000,"msg":"x"}', 'e', undefined],
  ['[Wed Jan 31 12:00:00 2024] [warn] x', 'w', 'Wed Jan 31 12:00:00 2024'],
  ['1.2.3.4 - - [31/Jan/2024:12:00:00 +0000] "GET / HTTP/1.1" 503 12 "-"', 'e', '31/Jan/2024:12:00:00 +0000'],
  ['1.2.3.4 - - [31/Jan/2024:12:00:00 +0000] "GET / HTTP/1.1" 404 -', 'w', '31/Jan/2024:12:00:00 +0000'],
  ['1.2.3.4 - - [31/Jan/2024:12:00:00 +0000] "GET / HTTP/1.1" 200 12', 'i', '31/Jan/2024:12:00:00 +0000'],
  ['E0131 12:00:00.000001       1 main.go:7] x', 'e', 'E0131 12:00:00.000001'],
  ['[   12.345678] usb 1-1: new device', 'n', '12.345678'],
  ['2024/01/31 12:00:00 listening', 'n', '2024/01/31 12:00:00'],
  ['Jan 31 12:00:00 host sshd[1]: error: no key', 'e', 'Jan 31 12:00:00'],
  ['an informal error that a sentence tells of', 'n', undefined],
])('%s', (line, level, time) => {
  expect(levelTracker()(line)).toBe(level);
  expect(lineTime(line)).toBe(time);
});

test('a traceback has the level of the line before it, also across pieces', () => {
  const paint = logHighlighter();
  expect(paint('12:00:00 ERROR x\n  at f\n')).toMatch(/^<span class="re">.*at f\n<\/span>$/s);
  expect(paint('  at g\n12:00:01 ready\n')).toBe(
    '<span class="re">  at g\n</span><span class="rn"><span class="lt">12:00:01</span> ready\n</span>',
  );
});

test('a text is a log if most lines begin with a time', () => {
  const line = (i: number) => `2024-01-31 12:00:0${i} x\n`;
  expect(isLog([0, 1, 2, 3].map(line).join(''))).toBe(true);
  expect(isLog([0, 1].map(line).join(''))).toBe(false);
  expect(isLog(`${[0, 1, 2].map(line).join('')}${'some prose\n'.repeat(5)}`)).toBe(false);
});

test.each(['level', ' [(', 'a ', '1'])('long lines take linear time: %j', async (part) => {
  await expectLinear(100_000, (count) => logHtml(part.repeat(count)));
});
