/** What a terminal shows after control sequences of ECMA-48, of DEC's VT series and of xterm. */
import { describe, expect, test } from 'vitest';
import { cellWidth } from './cell-width.ts';
import { createScreen, type ScreenSize } from './screen.ts';

const ESC = '\x1b';
const CSI = `${ESC}[`;

/** The text of the lines, those that scrolled off first, without trailing spaces and empty lines at the end. */
function linesAfter(output: string, size: ScreenSize = { rows: 5, columns: 10 }): string[] {
  const html = htmlAfter(output, size);
  const text = html
    .replace(/<[^>]*>/g, '')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => line.trimEnd());
}

function htmlAfter(output: string, size: ScreenSize = { rows: 5, columns: 10 }): string {
  const screen = createScreen(size);
  screen.write(output);
  return screen.takeFinished() + screen.current();
}

type Case = readonly [name: string, output: string, lines: readonly string[]];

const rowsOf = (...rows: string[]): string => rows.join('\r\n');
const FIVE = rowsOf('1', '2', '3', '4', '5');

const GROUPS: Readonly<Record<string, readonly Case[]>> = {
  'scroll regions (DECSTBM)': [
    [
      'a line feed at the bottom margin scrolls the region',
      `${FIVE}${CSI}2;4r${CSI}4;1H\nx`,
      ['1', '3', '4', 'x', '5'],
    ],
    ['a line feed below the region does not scroll', `${FIVE}${CSI}2;3r${CSI}5;1H\nx`, ['1', '2', '3', '4', 'x']],
    [
      'a line that leaves the top of the screen is kept',
      `${FIVE}${CSI}1;3r${CSI}3;1H\nx`,
      ['1', '2', '3', 'x', '4', '5'],
    ],
    ['the whole screen is the default', `${FIVE}${CSI}2;3r${CSI}r${CSI}5;1H\nx`, ['1', '2', '3', '4', '5', 'x']],
    ['setting it moves the cursor home', `${FIVE}${CSI}2;3rx`, ['x', '2', '3', '4', '5']],
    ['a region of one row is ignored', `${FIVE}${CSI}3;3r${CSI}5;1H\nx`, ['1', '2', '3', '4', '5', 'x']],
    ['reverse index at the top margin scrolls down', `${FIVE}${CSI}2;4r${CSI}2;1H${ESC}Mx`, ['1', 'x', '2', '3', '5']],
    ['index and next line scroll too', `${FIVE}${CSI}2;4r${CSI}4;1H${ESC}D${ESC}Ex`, ['1', '4', '', 'x', '5']],
    ['scroll up (SU) and down (SD)', `${FIVE}${CSI}2;4r${CSI}2S${CSI}T`, ['1', '', '4', '', '5']],
    [
      'moves up and down stop at the margins',
      `${FIVE}${CSI}2;4r${CSI}3;1H${CSI}9Ax${CSI}9By`,
      ['1', 'x', '3', '4y', '5'],
    ],
    [
      'origin mode counts rows from the top margin',
      `${FIVE}${CSI}2;4r${CSI}?6h${CSI}1;1Hx${CSI}9;1Hy`,
      ['1', 'x', '3', 'y', '5'],
    ],
    [
      'the footer of a package manager stays',
      `${CSI}1;4r${CSI}5;1Hbar${CSI}1;1Ha\nb\nc\nd\ne`,
      ['a', 'b', 'c', 'd', 'e', 'bar'],
    ],
  ],
  'insert and delete lines (IL, DL)': [
    ['inserted lines push the last ones out', `${FIVE}${CSI}2;1H${CSI}2Lx`, ['1', 'x', '', '2', '3']],
    ['deleted lines pull up empty ones', `${FIVE}${CSI}2;1H${CSI}2Mx`, ['1', 'x', '5']],
    ['deleted lines at the top are lost', `${FIVE}${CSI}1;1H${CSI}2M`, ['3', '4', '5']],
    ['both keep to the region', `${FIVE}${CSI}2;4r${CSI}2;1H${CSI}L${CSI}3;1H${CSI}M`, ['1', '', '3', '', '5']],
    ['both do nothing outside the region', `${FIVE}${CSI}2;3r${CSI}5;1H${CSI}L${CSI}M`, ['1', '2', '3', '4', '5']],
    ['both move to the first column', `${FIVE}${CSI}2;5H${CSI}Lx`, ['1', 'x', '2', '3', '4']],
  ],
  'insert, delete and erase characters (ICH, DCH, ECH)': [
    ['inserted blanks push characters over the edge', `abcdefghij${CSI}1;3H${CSI}3@`, ['ab   cdefg']],
    ['deleted characters pull the rest left', `abcdefghij${CSI}1;3H${CSI}3P`, ['abfghij']],
    ['erased characters leave blanks', `abcdefghij${CSI}1;3H${CSI}3X`, ['ab   fghij']],
    ['erasing past the end is harmless', `abc${CSI}1;2H${CSI}99X`, ['a']],
    ['insert mode (IRM)', `abc${CSI}1;2H${CSI}4hxy${CSI}4lz`, ['axyzc']],
    ['erase in line (EL)', `abcdef${CSI}1;3H${CSI}1K`, ['   def']],
    ['erase in display, below and above (ED)', `${FIVE}${CSI}3;1H${CSI}1J${CSI}5;1H${CSI}J`, ['', '', '', '4']],
  ],
  'repeat (REP)': [
    ['repeats the last character', `ab${CSI}3bc`, ['abbbbc']],
    ['repeats a wide character', `日${CSI}2b`, ['日日日']],
    ['wraps', `a${CSI}11b`, ['aaaaaaaaaa', 'aa']],
    ['does nothing unless it follows a character', `${CSI}3ba${CSI}1m${CSI}3bx`, ['ax']],
  ],
  'wide characters and marks': [
    ['a wide character takes two columns', `日本${CSI}1;5Hx`, ['日本x']],
    ['an emoji does too', `🎉${CSI}1;3Hx`, ['🎉x']],
    ['overwriting its first half blanks the second', `日b${CSI}1;1Hx`, ['x b']],
    ['overwriting its second half blanks the first', `日b${CSI}1;2Hx`, [' xb']],
    ['a wide one over two halves', `日本${CSI}1;2H語`, [' 語']],
    ['deleting half of it blanks the other', `日b${CSI}1;1H${CSI}P`, [' b']],
    ['erasing half of it blanks the other', `日b${CSI}1;2H${CSI}X`, ['  b']],
    ['inserting between its halves blanks both', `日b${CSI}1;2H${CSI}@`, ['   b']],
    ['a wide character that does not fit wraps', 'abcdefghi日x', ['abcdefghi', '日x']],
    ['half-width katakana take one', `ｱ${CSI}1;2Hx`, ['ｱx']],
    ['a combining mark takes none', `e\u0301${CSI}1;2Hx`, ['e\u0301x']],
    ['a mark joins a wide character', `か\u3099${CSI}1;3Hx`, ['か\u3099x']],
    ['an emoji joined by ZWJ takes two', `👩\u200d💻${CSI}1;3Hx`, ['👩\u200d💻x']],
    ['a skin tone joins', `👍🏽${CSI}1;3Hx`, ['👍🏽x']],
    ['a flag takes two', `🇯🇵${CSI}1;3Hx`, ['🇯🇵x']],
  ],
  'tabs (HT, CHT, CBT, HTS, TBC)': [
    ['stops are eight columns apart', 'a\tb', ['a       b']],
    ['the last column is a stop', 'a\t\tb', ['a        b']],
    ['forwards and backwards', `abc${CSI}Ix${CSI}2Zy`, ['ybc     x']],
    ['stops can be set and cleared', `${CSI}3g${CSI}4G${ESC}H\r\tx`, ['   x']],
  ],
  'automatic wrap (DECAWM)': [
    ['a line wraps when the next character comes', 'abcdefghijk', ['abcdefghij', 'k']],
    ['a full line alone does not wrap', 'abcdefghij\rx', ['xbcdefghij']],
    ['a line feed after a full line gives no empty line', 'abcdefghij\r\nk', ['abcdefghij', 'k']],
    ['a backspace ends a pending wrap', 'abcdefghij\bx', ['abcdefghxj']],
    ['a move ends a pending wrap', `abcdefghij${CSI}Dx`, ['abcdefghxj']],
    ['off: the last column is overwritten', `${CSI}?7labcdefghijkl`, ['abcdefghil']],
    ['wrapping scrolls at the bottom', `${CSI}5;1Habcdefghijk`, ['', '', '', '', 'abcdefghij', 'k']],
  ],
  'cursor (CUP, VPA, CHA, DECSC, DECRC)': [
    ['positions are held to the screen', `${CSI}99;99Hx`, ['', '', '', '', '         x']],
    ['row and column alone', `${CSI}3d${CSI}4Gx`, ['', '', '   x']],
    ['saved and restored', `ab${ESC}7${CSI}4;4H${ESC}8x`, ['abx']],
    ['saved and restored, SCO', `ab${CSI}s${CSI}4;4H${CSI}ux`, ['abx']],
    ['next and previous line (CNL, CPL)', `ab${CSI}2Ex${CSI}Fy`, ['ab', 'y', 'x']],
  ],
  'alternate screen': [
    ['leaves nothing behind, and the cursor where it was', `ab${CSI}?1049hmenu${CSI}?1049lc`, ['abc']],
    ['scrolls without keeping lines', `a${CSI}?1049h${'x\r\n'.repeat(20)}${CSI}?1049lb`, ['ab']],
    ['a clear on it adds no lines', `a${CSI}?1049hold${CSI}2J${CSI}Hnew`, ['a', 'new']],
  ],
  'sequences that are not what they look like': [
    ['a private r, s or u is no region and no cursor', `ab${CSI}?1;2r${CSI}?1049s${CSI}>1u${CSI}<uc`, ['abc']],
    ['intermediate characters make another sequence', `ab${CSI}2 q${CSI}1 @${CSI}0"qc`, ['abc']],
    ['modifyOtherKeys is no colour', `${CSI}>4;1mab`, ['ab']],
    ['strings are dropped', `${ESC}]0;title${ESC}\\${ESC}P1$r0m${ESC}\\ab`, ['ab']],
    ['soft reset (DECSTR) ends the region', `${FIVE}${CSI}2;3r${CSI}!p${CSI}5;1H\nx`, ['1', '2', '3', '4', '5', 'x']],
  ],
};

describe.each(Object.entries(GROUPS))('%s', (_, cases) => {
  test.each(cases)('%s', (_name, output, lines) => {
    expect(linesAfter(output)).toEqual(lines);
  });
});

describe('looks (SGR) and links (OSC 8)', () => {
  test('256 colours and true colour, with semicolons and colons', () => {
    expect(htmlAfter(`${CSI}38;5;196mA${CSI}38;2;1;2;3mB${CSI}38:2::1:2:3mC${CSI}39mD`)).toBe(
      '<span class="fx" style="--f:#ff0000">A</span><span class="fx" style="--f:#010203">B</span><span class="fx" style="--f:#010203">C</span>D',
    );
  });

  test('a saved cursor brings its look back', () => {
    expect(htmlAfter(`${CSI}1m${ESC}7${CSI}0mA${ESC}8B`)).toBe('<span class="sb">B</span>');
  });

  test('a repeated character keeps its look', () => {
    expect(htmlAfter(`${CSI}1ma${CSI}2b`)).toBe('<span class="sb">aaa</span>');
  });

  test('a link outlives a reset of colours and ends with an empty one', () => {
    expect(htmlAfter(`${ESC}]8;id=1;https://example.org${ESC}\\a${CSI}0mb${ESC}]8;;${ESC}\\c`)).toMatch(
      /^<a href="https:\/\/example\.org"[^>]*>a<\/a><a [^>]*>b<\/a>c$/,
    );
  });
});

test('without a width lines do not wrap', () => {
  expect(linesAfter('x'.repeat(5000), { rows: 5 })).toEqual(['x'.repeat(5000)]);
});

test('memory stays bounded when a full-screen program runs on', () => {
  const screen = createScreen({ rows: 5, columns: 10 });
  screen.write(`${CSI}?1049h`);
  for (let i = 0; i < 2000; i++) screen.write(`${i}\r\n${CSI}2J`);
  expect(screen.current().split('\n').length).toBeLessThan(10);
});

test.each([
  ['a', 1],
  ['é', 1],
  ['\u0301', 0],
  ['日', 2],
  ['한', 2],
  ['Ａ', 2],
  ['🎉', 2],
  ['☃', 1],
  ['\ufe0f', 0],
  ['─', 1],
  ['█', 1],
  ['𠀀', 2],
])('%s takes %i columns', (character, width) => {
  expect(cellWidth(character)).toBe(width);
});
