import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseFirstRows, parseLastRows } from '../../../node/kit/table/end-rows.ts';
import { type Dialect, splitCells } from './delimited-text.ts';
import { columnTypes, guessDialect, hasHeader, sniffTable, typeOf } from './infer-schema.ts';
import { parseNumber } from './sort.ts';
import { createTextTable } from './text-table.ts';

const CSV: Dialect = { delimiter: 44, quote: true, newline: 10 };
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const quoted = (cell: string): string => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
const write = (rows: readonly (readonly string[])[], end = '\n'): string =>
  rows.map((row) => row.map(quoted).join(',') + end).join('');
const limits = { rows: 1000, columns: 100 };

/** Random rows of three cells with special characters; no empty rows. */
const cell = fc.string({ unit: fc.constantFrom('a', 'B', 'é', '1', ' ', ',', '"', '\n', '\r\n'), maxLength: 8 });
const table = fc.array(fc.tuple(fc.constantFrom('x', 'y "', ','), cell, cell), { minLength: 1, maxLength: 30 });

describe('rows and cells', () => {
  test('written rows are read back', () => {
    fc.assert(
      fc.property(table, fc.constantFrom('\n', '\r\n'), (rows, end) => {
        expect(parseFirstRows(bytes(write(rows, end)), true, CSV, limits).rows).toEqual(rows);
      }),
    );
  });

  test('the last rows are correct or absent, wherever the bytes begin', () => {
    let some = 0;
    fc.assert(
      fc.property(table, fc.nat(), (rows, cut) => {
        const all = bytes(write(rows));
        const tail = parseLastRows(all.subarray(cut % all.length), CSV, limits, 3);
        if (tail.rows.length > 0) expect(tail.rows).toEqual(rows.slice(-tail.rows.length));
        some += Number(tail.rows.length > 0);
      }),
      { numRuns: 2000 },
    );
    expect(some).toBeGreaterThan(200);
  });

  test('quotes that do not enclose a whole cell are characters; so is one in an unquoted cell', () => {
    expect(splitCells('"a"b,c"d",""', CSV, 9)).toEqual(['"a"b', 'c"d"', '']);
    expect(splitCells('a,b,c,d', CSV, 2)).toEqual(['a', 'b']);
  });

  test('ragged rows are counted, blank lines are skipped', () => {
    const head = parseFirstRows(bytes('a,b\n\n1,2\r\n3\n4,5,6\n\r\n7,8'), true, CSV, limits);
    expect(head).toMatchObject({ count: 5, columns: 2, maxColumns: 3, raggedRows: 2, firstRagged: 3, isCut: false });
  });

  test('an incomplete first row is reported', () => {
    expect(parseFirstRows(bytes('a,b,c'), false, CSV, limits)).toMatchObject({ rows: [['a', 'b', 'c']], isCut: true });
  });
});

describe('inference', () => {
  test.each([
    ['a,b\n1,2\n', 'csv', ','],
    ['a;b\n1,5;2,5\n3,5;4,5\n', 'csv', ';'],
    ['1,5;2,5\n3,5;4,5\n', 'csv', ';'],
    ['a\tb, c\n1\t2, 3, 4\n', 'csv', '\t'],
    ['a|b\n1|2\n', 'csv', '|'],
    ['a,b\n1,2\n', 'tsv', ','],
    ['one\ntwo\n', 'csv', ','],
    ['one\ntwo\n', 'tsv', '\t'],
    ['"a;b;c",d\n"e;f;g",h\n', 'csv', ','],
  ])('the delimiter of %j as %s is %j', (text, type, delimiter) => {
    expect(String.fromCharCode(guessDialect(bytes(text), true, type).delimiter)).toBe(delimiter);
  });

  test.each([
    ['12', 'integer'],
    ['-1,234,567', 'integer'],
    ['007', 'text'],
    ['1e-3', 'number'],
    ['.5', 'number'],
    ['2024-02-03', 'date'],
    ['2024-02-03T04:05:06.7Z', 'date'],
    ['2024-13-03', 'text'],
    ['TRUE', 'boolean'],
    ['1,5', 'text'],
    ['x', 'text'],
  ])('typeOf: %s is %s', (text, type) => expect(typeOf(text, false)).toBe(type));

  test('missing cells do not affect column types', () => {
    expect(
      columnTypes(
        [
          ['1', '1', 'NA'],
          ['', '2.5', ''],
          ['3', 'x', '-'],
        ],
        3,
        false,
      ),
    ).toEqual(['integer', 'text', 'text']);
  });

  test('detects whether the first row is a header', () => {
    expect(
      hasHeader(
        [
          ['id', 'name'],
          ['1', 'a'],
          ['2', 'b'],
        ],
        false,
      ),
    ).toBe(true);
    expect(
      hasHeader(
        [
          ['1', 'x'],
          ['2', 'a'],
          ['3', 'b'],
        ],
        false,
      ),
    ).toBe(false);
    expect(
      hasHeader(
        [
          ['name', 'place'],
          ['a', 'b'],
        ],
        false,
      ),
    ).toBe(true);
    expect(
      hasHeader(
        [
          ['', 'mpg'],
          ['Mazda', '21'],
        ],
        false,
      ),
    ).toBe(true);
    expect(
      hasHeader(
        [
          ['a', 'a'],
          ['b', 'b'],
        ],
        false,
      ),
    ).toBe(false);
  });

  test.each([
    ['a,b\n1,2\n3,4\n', 'csv'],
    ['a\tb\n1\t2\n3\t4\n', 'tsv'],
    ['a;b\n1;2\n3;4\n', 'csv'],
    ['a,b\n1,2\n', undefined],
    ['Dear Ann, hello\nSo, this is it\nYours, Bob\n', undefined],
    ['foo(a, b);\nbar(c, d);\nbaz(e, f);\n', undefined],
    ['{"a":1,\n"b":2,\n"c":3}\n', undefined],
    ['int a;\nint b;\nint c;\n', undefined],
    ['all:\n\tcc a.c\n\tcc b.c\n', undefined],
    ['a\0,b\n1,2\n3,4\n', undefined],
  ])('%j is sniffed as %s', (text, type) => expect(sniffTable(bytes(text))).toBe(type));
});

describe('numbers with more digits than floating point holds', () => {
  const tableOf = (cells: readonly string[], delimiter = 44) => {
    const made = createTextTable({
      dialect: { ...CSV, delimiter },
      skipRows: 0,
      columns: 1,
      types: ['number'],
      capacity: 0,
    });
    made.append(bytes(cells.map((cell) => `${cell}\n`).join('')));
    made.finish();
    return made;
  };
  const cellsOf = (made: ReturnType<typeof tableOf>) => made.rows(0, 100).map(({ cells }) => cells[0]);

  test('are sorted and summarised exactly', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(fc.constantFrom(-1n, 1n), fc.bigInt({ min: 10n ** 20n, max: 10n ** 20n + 5n }), fc.nat({ max: 25 })),
          { minLength: 1, maxLength: 40 },
        ),
        fc.boolean(),
        (numbers, descending) => {
          // An integer with a point before its last digits, and zeros that change nothing.
          const written = numbers.map(([sign, digits, zeros]) => `${sign * digits}.5${'0'.repeat(zeros)}`);
          const made = tableOf(written);
          made.sort({ column: 0, numeric: true, descending });
          const valueAt = (i: number) => numbers[i]![0] * (numbers[i]![1] * 10n + 5n);
          const sorted = [...numbers.keys()].sort((a, b) => {
            const difference = valueAt(a) - valueAt(b);
            return (descending ? -1 : 1) * (difference < 0n ? -1 : difference > 0n ? 1 : 0) || a - b;
          });
          expect(cellsOf(made)).toEqual(sorted.map((i) => written[i]));
          const { range } = made.summary(0);
          const values = sorted.map(valueAt);
          const ends = descending ? [values.at(-1), values[0]] : [values[0], values.at(-1)];
          expect([range?.least, range?.greatest].map((text) => BigInt(text!.replace(/\.50*$/, '5')))).toEqual(ends);
        },
      ),
    );
  });

  test.each([
    [44, ['9007199254740993', '9,007,199,254,740,992', '9007199254740991.5', '9.007199254740994e15']],
    [59, ['9007199254740993,25', '9.007.199.254.740.993,5', '9007199254740993,125', '-1']],
  ])('with separators and exponents, delimiter %i', (delimiter, cells) => {
    const made = tableOf(
      cells.map((cell) => `"${cell}"`),
      delimiter,
    );
    made.sort({ column: 0, numeric: true, descending: false });
    const order = delimiter === 44 ? [2, 1, 0, 3] : [3, 2, 0, 1];
    expect(cellsOf(made)).toEqual(order.map((i) => cells[i]));
  });

  test('infinities are counted, and are not the ends of the range', () => {
    expect(tableOf(['1', 'inf', '-Infinity', '2', '']).summary(0)).toMatchObject({
      named: [
        { text: 'Infinity', count: 1 },
        { text: '-Infinity', count: 1 },
      ],
      range: { least: '1', greatest: '2' },
    });
  });

  test('empty cells, NaN and markers of missing values are told apart', () => {
    const cells = ['1', '', 'NaN', 'NA', 'NA', 'nan', ' ', 'n/a', 'x', '2'];
    expect(tableOf(cells).summary(0)).toMatchObject({
      // A row without any character is no row.
      rows: cells.length - 1,
      missing: 1,
      others: 1,
      named: [
        { text: 'NaN', count: 1 },
        { text: 'NA', count: 2 },
        { text: 'nan', count: 1 },
        { text: 'n/a', count: 1 },
      ],
    });
  });

  test('the ends of a chart are cells, with all their digits', () => {
    const big = ['9007199254740993', '9007199254740992', '9007199254740995'];
    const { leastText, greatestText } = tableOf(big).curves(undefined, [0]);
    expect([leastText, greatestText]).toEqual(['9007199254740992', '9007199254740995']);
    const { from, to } = tableOf(['0.1234567891', '7.5e3', '2']).curves(0, [0]);
    expect([from, to]).toEqual(['0.1234567891', '7.5e3']);
  });
});

describe('text table', () => {
  const store = (text: string): ReturnType<typeof createTextTable> => {
    const made = createTextTable({ dialect: CSV, skipRows: 0, columns: 9, capacity: 0 });
    const all = bytes(text);
    for (let at = 0; at < all.length; at += 7) made.append(all.subarray(at, at + 7));
    made.finish();
    return made;
  };
  const fold = (text: string): string => text.replace(/[A-Z]/g, (sign) => sign.toLowerCase());
  /** Compares by bytes. */
  const compare = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

  test('accepts pieces of any size', () => {
    fc.assert(
      fc.property(table, (rows) => {
        expect(
          store(write(rows))
            .rows(0, 99)
            .map((row) => row.cells),
        ).toEqual(rows);
      }),
    );
  });

  test.each([false, true])('sorts by text, stably, empty cells last (descending: %s)', (descending) => {
    const word = fc.string({ unit: fc.constantFrom('a', 'A', 'b', 'é', '0'), maxLength: 20 });
    const rows = fc.array(
      fc.oneof(
        { weight: 5, arbitrary: fc.constantFrom('commonprefix1', 'commonprefix2', 'Commonprefix1x', 'short') },
        { weight: 5, arbitrary: word },
      ),
      { minLength: 1, maxLength: 900 },
    );
    fc.assert(
      fc.property(rows, (words) => {
        const sorted = store(words.map((word, i) => `${i},${word}\n`).join(''));
        sorted.sort({ column: 1, numeric: false, descending });
        const sign = descending ? -1 : 1;
        const expected = [...words.entries()].sort(
          ([, a], [, b]) => Number(a === '') - Number(b === '') || sign * compare(fold(a), fold(b)),
        );
        expect(sorted.rows(0, 1000).map((row) => Number(row.cells[0]))).toEqual(expected.map(([i]) => i));
      }),
      { numRuns: 60 },
    );
  });

  test.each([false, true])('sorts by number, text after them and empty cells last (descending: %s)', (descending) => {
    const number = fc.oneof(
      fc.integer().map(String),
      fc.double({ noNaN: true }).map(String),
      fc.constantFrom('', 'x', '0', '-0', '1,234', '1e300', '-1e-300', '.5', '5.'),
    );
    fc.assert(
      fc.property(fc.array(number, { minLength: 1, maxLength: 400 }), (numbers) => {
        const sorted = store(numbers.map((text, i) => `${i},${quoted(text)}\n`).join(''));
        sorted.sort({ column: 1, numeric: true, descending });
        const value = (text: string): number => Number(text.replace(',', ''));
        const rank = (text: string): number => (text === '' ? 2 : Number.isNaN(value(text)) ? 1 : 0);
        const sign = descending ? -1 : 1;
        const difference = (a: number, b: number): number => (a === b ? 0 : a < b ? -1 : 1);
        const expected = [...numbers.entries()].sort(
          ([, a], [, b]) => rank(a) - rank(b) || (rank(a) === 0 ? sign * difference(value(a), value(b)) : 0),
        );
        expect(sorted.rows(0, 1000).map((row) => Number(row.cells[0]))).toEqual(expected.map(([i]) => i));
      }),
      { numRuns: 100 },
    );
  });

  test('sorts many rows with long common prefixes', () => {
    const words = Array.from({ length: 5000 }, (_, i) => `https://example.org/a/long/path/${(i * 7919) % 1000}/`);
    const sorted = store(words.map((word, i) => `${i},${word}\n`).join(''));
    sorted.sort({ column: 1, numeric: false, descending: false });
    const expected = [...words.entries()].sort(([, a], [, b]) => compare(a, b)).map(([i]) => i);
    expect(sorted.rows(0, 5000).map((row) => Number(row.cells[0]))).toEqual(expected);
  });

  test('filters rows in file order and in sort order', () => {
    const made = store('b,Straße 1\na,STRAsse\nc,nothing\nB,straße 2\n');
    expect(made.filter('STRA')).toBe(3);
    expect(made.filter('straße')).toBe(2);
    expect(made.filter('STRAẞE')).toBe(2);
    expect(made.sort({ column: 0, numeric: false, descending: true })).toBe(2);
    expect(made.rows(0, 9).map((row) => row.number)).toEqual([1, 4]);
    expect(made.filter('')).toBe(4);
    expect(made.filter('nothing\nB')).toBe(0);
  });

  test.each([
    ['1.5', false, 1.5],
    ['1,234.5', false, 1234.5],
    ['1.234,5', true, 1234.5],
    ['0,5', true, 0.5],
    ['1234567890123456789', false, 1234567890123456800],
    ['-Inf', false, -Infinity],
    [' 7 ', false, 7],
  ])('%s is a number (decimal comma: %s)', (text, comma, value) => {
    expect(parseNumber(bytes(text), 0, text.length, comma)).toBe(value);
  });
});
