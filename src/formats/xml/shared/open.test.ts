import fc from 'fast-check';
import { expect, test } from 'vitest';
import { read } from '../../../shared/kit/tree/testing.ts';
import { openXml } from './open.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);
const value = (text: string) => read(openXml(utf8(text)).document);

test('reads elements, attributes and text', () => {
  expect(value('<a x="1"><b>t</b><b y="2">u</b><c/>tail</a>')).toEqual({
    a: { '@x': '1', 'b[1]': 't', 'b[2]': { '@y': '2', '#text': 'u' }, c: '', '#text': 'tail' },
  });
});

test('declared entities are not expanded', () => {
  const bomb =
    '<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;"><!ENTITY f SYSTEM "file:///etc/passwd">]><a>&c;&f;&lt;</a>';
  expect(openXml(utf8(bomb)).problem).toBeUndefined();
  expect(value(bomb)).toMatchObject({ a: '&c;&f;<' });
});

test('the position of an error is reported, and the rest is read', () => {
  const { problem, document } = openXml(utf8('<a>\n  <b>é</c>\n  <d>1</d>\n</a>'));
  expect(problem).toMatchObject({ line: 2, reason: expect.stringContaining('<b> is open') });
  expect(read(document)).toHaveProperty('a');
  expect(openXml(utf8('<a><b>')).problem?.reason).toMatch(/unclosed/);
});

test('reads 100,000 nested elements and 100,000 siblings', () => {
  const deep = openXml(utf8('<a>'.repeat(100_000) + '</a>'.repeat(100_000)));
  expect(deep.document.root.kind).toBe('object');
  const wide = openXml(utf8(`<a>${'<b/>'.repeat(100_000)}</a>`));
  expect(wide.document.children(wide.document.root, 0, 1)[0]?.count).toBe(100_000);
});

test('a property list is shown as its values', () => {
  const list = '<plist><dict><key>a</key><array><integer>5</integer><true/><string>x</string></array></dict></plist>';
  expect(value(list)).toEqual({ a: [5, true, 'x'] });
  expect(value('<plist><dict><key>a</key></dict></plist>')).toHaveProperty('plist');
});

test('does not throw, whatever the text', () => {
  const parts = fc.array(
    fc.constantFrom(
      '<a>',
      '</a>',
      '<',
      '>',
      '&',
      '&x;',
      '"',
      '=',
      'b',
      ' ',
      '<!--',
      '-->',
      '<![CDATA[',
      ']]>',
      '<?',
      '<!DOCTYPE',
    ),
  );
  fc.assert(
    fc.property(parts, (generated) => {
      openXml(utf8(generated.join('')));
    }),
    { numRuns: 500 },
  );
});
