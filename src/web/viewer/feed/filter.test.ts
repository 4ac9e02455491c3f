import { expect, test } from 'vitest';
import type { Entry } from '../../../shared/entry.ts';
import { parseFilter } from './filter.ts';

const entry: Entry = {
  n: 1,
  id: 'a'.repeat(32),
  status: 'failed',
  name: 'Growth.Rplot.png',
  title: 'Daily growth in ΧΑΝΙΆ',
  type: 'Rplot.png',
  host: 'node7',
  time: '2025-01-01T00:00:00Z',
  bytes: 1,
  revision: 1,
};

test.each([
  ['rplot', true],
  ['DAILY', true],
  ['Χανιά', true],
  ['TYPE:PNG', true],
  ['node7 growth', true],
  ['node7 shrink', false],
  ['type:png', true],
  ['type:png host:node8', false],
  ['type:png host:node', true],
  ['name:daily', true],
  ['name:node7', false],
  ['status:failed', true],
  ['colour:red', false],
  ['host: type:', undefined],
  ['', undefined],
  ['   ', undefined],
])('whether %j matches the entry: %s', (line, matches) => {
  expect(parseFilter(line)?.(entry)).toBe(matches);
});
