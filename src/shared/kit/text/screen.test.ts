import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { expectLinear } from '../../../../test/support/growth.ts';
import { ansiHtml, createScreen, isTerminal } from './screen.ts';

describe('what a terminal would show', () => {
  test.each([
    ['a progress bar', '10 %\r20 %\rdone\x1b[K\n', 'done\n'],
    ['a shorter line over a longer one', 'abcdef\rxy\n', 'xycdef\n'],
    ['backspace', 'abc\b\bX\n', 'aXc\n'],
    ['man pages', 'N\bNA\bAM\bME\bE\n', 'NAME\n'],
    ['tabs', 'a\tb\n', 'a       b\n'],
    ['lines over lines', 'one\ntwo\n\x1b[2Aone!\x1b[K\ntwo!\n', 'one!\ntwo!\n'],
    ['moves within a line', 'abc\x1b[2D!\x1b[5G?\n', 'a!c ?\n'],
    ['deleted and inserted characters', 'abcd\x1b[4D\x1b[2P\x1b[1@\n', ' cd\n'],
    ['a cleared screen keeps what was there', 'before\n\x1b[2J\x1b[Hafter\n', 'before\nafter\n'],
    ['a full-screen program leaves nothing', 'a\n\x1b[?1049h\x1b[Hmenu\x1b[?1049lb\n', 'a\nb\n'],
    ['what is not known is dropped', '\x1b]0;title\x07\x1b(B\x1b=\x1b[?25l\x1bPq\x1b\\x\n', 'x\n'],
    ['an escape that never ends', 'a\x1b]0;title', 'a'],
    ['Windows line ends', 'a\r\nb\r\n', 'a\nb\n'],
    ['colours', '\x1b[1;31mred\x1b[0m', '<span class="f1 sb">red</span>'],
    [
      '256 colours and true colour',
      '\x1b[38;5;196ma\x1b[48:2::1:2:3mb',
      '<span class="fx" style="--f:#ff0000">a</span><span class="fy bx" style="--f:#ff0000;--b:#010203">b</span>',
    ],
    ['inverse', '\x1b[7ma\x1b[27mb', '<span class="fi bi">a</span>b'],
    ['markup', '<b>&', '&lt;b&gt;&amp;'],
  ])('%s', (_, text, html) => {
    expect(ansiHtml(text)).toBe(html);
  });
});

test('links lead to the web or nowhere', () => {
  const link = (url: string) => ansiHtml(`\x1b]8;;${url}\x1b\\x\x1b]8;;\x1b\\`);
  expect(link('https://example.org/"onclick="')).toBe(
    '<a href="https://example.org/&quot;onclick=&quot;" rel="noreferrer">x</a>',
  );
  expect(link('javascript:alert(1)')).toBe('x');
  expect(link('file:///etc/passwd')).toBe('x');
});

test('pieces give what the whole gives', () => {
  const parts = fc.array(
    fc.oneof(
      fc.constantFrom(
        '\x1b[31m',
        '\x1b[0m',
        '\r',
        '\n',
        '\b',
        '\x1b[2A',
        '\x1b[K',
        '\x1b[2J',
        '\x1b[H',
        '\x1b]0;t\x07',
        '\x1b[?1049h',
        '\x1b[?1049l',
        '\t',
        '\x1b[',
      ),
      fc.string({ maxLength: 8 }),
    ),
    { maxLength: 60 },
  );
  fc.assert(
    fc.property(parts, fc.nat(50), (pieces, at) => {
      const text = pieces.join('');
      const whole = createScreen();
      whole.write(text);
      const inPieces = createScreen();
      let settled = '';
      for (const piece of [text.slice(0, at), text.slice(at)]) {
        inPieces.write(piece);
        settled += inPieces.takeFinished();
      }
      const plain = (html: string) => html.replace(/\s+$/, '');
      expect(plain(settled + inPieces.current())).toBe(plain(whole.takeFinished() + whole.current()));
    }),
  );
});

test('hostile moves cost no room', () => {
  const html = ansiHtml('\x1b[9999999C\x1b[99999999Bx\x1b[99999L\x1b[99999@'.repeat(50));
  expect(html.length).toBeLessThan(3_000_000);
  // What is pushed over the edge is lost: a line does not grow by what was never written.
  expect(ansiHtml(`abc\r${'\x1b[9999@'.repeat(1000)}`).length).toBeLessThan(10_000);
});

test.each(['\x1b]8;;', '\x1b['])('unfinished sequences take linear time: %j', async (sequence) => {
  await expectLinear(30_000, (count) => ansiHtml(sequence.repeat(count)));
});

test('what was made for a terminal', () => {
  expect(isTerminal('a\x1b[1mb')).toBe(true);
  expect(isTerminal('start\n 1 %\r 2 %\r')).toBe(true);
  expect(isTerminal('a\r\nb\r\n')).toBe(false);
  expect(isTerminal('old\rline\rends')).toBe(false);
});
