import { expect, test } from 'vitest';
import { OutputReader, reportCount, summaryOf } from './output-reader.ts';

const HEADER = `procs -----------memory---------- ---swap-- -----io---- -system-- ------cpu-----
 r  b   swpd   free   buff  cache   si   so    bi    bo   in   cs us sy id wa st
`;
const report = (user: number) => ` 1  0      0 1000 32 293    0    0   4   1 300 143 ${user} 15  0  1  0\n`;
const userTimes = ({ tables }: OutputReader) => tables.get('cpu')?.keys.get('')?.get('us');

test('a line is read when it is complete; the first report is replaced by the next ones', () => {
  const reader = new OutputReader('vmstat');
  reader.addText(HEADER + report(50) + report(1).slice(0, 30));
  expect(userTimes(reader)).toEqual([50]);
  reader.addText(report(1).slice(30) + report(2));
  expect(userTimes(reader)).toEqual([1, 2]);
  expect(reportCount(reader.tables)).toBe(2);
});

test('the last line needs no line feed', () => {
  const reader = new OutputReader('vmstat');
  reader.addText(HEADER + report(50) + report(7).trimEnd());
  reader.end();
  expect(userTimes(reader)).toEqual([7]);
});

test('an incomplete line before a gap is discarded', () => {
  const reader = new OutputReader('vmstat');
  reader.addText(HEADER + report(50) + report(1) + report(2).slice(0, 30));
  reader.discardIncompleteLine();
  reader.addText(report(3));
  expect(userTimes(reader)).toEqual([1, 3]);
  expect(reader.unknownLines).toBe(0);
});

test('the tool is detected by the beginning of its output', () => {
  const reader = new OutputReader('free');
  reader.detectTool(HEADER);
  reader.addText(HEADER + report(50));
  expect(userTimes(reader)).toEqual([50]);
});

test('the summary counts reports, unknown lines and omitted values', () => {
  const reader = new OutputReader('vmstat');
  reader.addText(`${HEADER + report(50) + report(1)}not a report\n`);
  expect(summaryOf(reader)).toBe('1 report · the output does not tell the unit of memory · 1 line not understood');
  const samples = Array.from({ length: 302 }, (_, i) => ({
    table: 'disk',
    key: `disk${i}`,
    time: undefined,
    tick: 1,
    values: [['tps', 1]] as const,
  }));
  const disks = new OutputReader('json');
  disks.addSamples(samples);
  expect(summaryOf(disks)).toBe('1 report · 2 values left out: too many devices or processes');
});
