import { expect, test } from 'vitest';
import journal from './format.ts';
import { entryHtml, entryOf } from './shared/entry.ts';

const ENTRY = {
  __REALTIME_TIMESTAMP: '1795546200123456',
  PRIORITY: '3',
  SYSLOG_IDENTIFIER: 'nginx',
  _PID: '44',
  _SYSTEMD_UNIT: 'nginx.service',
  MESSAGE: 'failed',
};
const read = (fields: object) => entryOf(JSON.stringify({ ...ENTRY, ...fields }));

test('parses an entry', () => {
  expect(read({})).toEqual({
    time: 1795546200123,
    level: 3,
    unit: 'nginx.service',
    source: 'nginx[44]',
    message: 'failed',
  });
  expect(entryHtml(read({})!)).toContain('<time datetime="2026-11-24T18:50:00.123Z">2026-11-24 18:50:00</time>');
});

test('parses binary messages, repeated and missing fields, and invalid levels', () => {
  expect(read({ MESSAGE: [72, 105, 255] })?.message).toBe('Hi\ufffd');
  expect(read({ MESSAGE: ['one', 'two'] })?.message).toBe('one\ntwo');
  expect(
    read({ MESSAGE: null, PRIORITY: '99', SYSLOG_IDENTIFIER: undefined, _COMM: 'x', _PID: undefined }),
  ).toMatchObject({
    message: '',
    level: 6,
    source: 'x',
  });
  expect(entryHtml(read({ __REALTIME_TIMESTAMP: '9'.repeat(30) })!)).toContain('datetime="">–<');
  for (const line of ['', 'x', '[1]', 'null', '7']) expect(entryOf(line)).toBeUndefined();
});

test('text of entries is escaped', () => {
  const html = entryHtml(read({ MESSAGE: '<b>', SYSLOG_IDENTIFIER: '"><i>', _SYSTEMD_UNIT: '"><u>' })!);
  expect(html).not.toMatch(/<[iu]>|<b>(?!&)/);
});

test.each([
  [`${JSON.stringify({ __CURSOR: 's=1', ...ENTRY })}\n`, 'journal'],
  [JSON.stringify({ __CURSOR: 's=1', a: 'x'.repeat(9000) }).slice(0, 4096), 'journal'],
  ['{"a":1}\n{"a":2}\n', undefined],
  ['', undefined],
])('the first bytes %j are recognised as %s', (text, type) => expect(journal.sniff(Buffer.from(text))).toBe(type));
