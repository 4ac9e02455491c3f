import { describe, expect, test } from 'vitest';
import { expectLinear } from '../../../test/support/growth.ts';
import { charsetOf, expandSelfClosing, headContentOffset, referencesOf } from './document.ts';

const latin1 = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));

test.each([
  ['<!DOCTYPE html><html><head>', '<title>'],
  ['<!doctype html>\n<!-- <head> -->\n<html lang="en">\n<HEAD data-x="1">', '<meta>'],
  ['<?xml version="1.0"?>\n<!DOCTYPE html PUBLIC "a"\n "b">\n<html>', '<body>'],
  ['', '<header>no head</header>'],
  ['', 'text only'],
  ['<html>', '<headless>'],
  [`<!doctype html>${' '.repeat(50_000)}<head>`, 'x'],
])('the head begins after %j', (before, after) => {
  expect(headContentOffset(before + after)).toBe(before.length);
});

test.each([
  ['<meta charset="ISO-8859-2">', 'iso-8859-2'],
  ['<meta http-equiv=Content-Type content="text/html; charset=shift_jis">', 'shift_jis'],
  ['<?xml version="1.0" encoding="koi8-r"?>', 'koi8-r'],
  ['<meta charset=nonsense>', 'utf-8'],
  ['<meta charset=utf-16>', 'utf-8'],
  ['caf\xe9 au lait', 'windows-1252'],
  ['caf\xc3\xa9', 'utf-8'],
  ['\xef\xbb\xbf<meta charset=latin1>', 'utf-8'],
  ['\xff\xfe<\0', 'utf-16le'],
])('the encoding of %j is %s', (text, charset) => expect(charsetOf(latin1(text))).toBe(charset));

describe('references', () => {
  const found = (html: string): string[] => [...referencesOf(html).references];

  test('finds URLs in attributes and styles', () => {
    expect(
      found(`<link href=a.css><script src='b.js'></script><img SRC = "c.png?a=1&amp;b=2" srcset="d.png 1x, e.png 2x"><video poster=f.jpg>
      <a href="g.html#x">g</a><object data=h.svg></object><svg><use xlink:href="i.svg#y"/></svg><p style="background:url('j.png')"><style>b{background:url(k.png)}</style>`),
    ).toEqual([
      'a.css',
      'b.js',
      'c.png?a=1&b=2',
      'd.png',
      'e.png',
      'f.jpg',
      'h.svg',
      'i.svg#y',
      'j.png',
      'k.png',
      'g.html#x',
    ]);
  });

  test('ignores absolute URLs, fragments, data URLs and attributes with similar names', () => {
    expect(
      found(
        '<a href="https://x/y"><a href="#z"><img src="data:image/png;base64,AA"><i data-src="no.png" my:src="no.png">',
      ),
    ).toEqual([]);
  });

  test('finds the first base', () => {
    expect(referencesOf('<base href="sub/"><base href="other/">').base).toBe('sub/');
    expect(referencesOf('<p>').base).toBeUndefined();
  });

  test.each<[string, (count: number) => string]>([
    ['unclosed tags', (count) => '<a '.repeat(count)],
    ['a long attribute', (count) => `<a ${'href'.repeat(count)}>`],
    ['many attributes', (count) => `<a ${'href '.repeat(count)}>`],
    ['unclosed url()', (count) => 'url('.repeat(count)],
    ['unclosed quotes', (count) => `<a ${'src="'.repeat(count)}>`],
    ['unclosed brackets', (count) => '<'.repeat(count)],
    ['unclosed comments', (count) => `<!--${'<!--'.repeat(count)}`],
  ])('takes linear time with %s', async (_, hostile) => {
    await expectLinear(300_000, (count) => {
      const text = hostile(count);
      referencesOf(text);
      headContentOffset(text);
    });
  });
});

test('self-closing elements of XHTML get an end tag, except void elements', () => {
  expect(expandSelfClosing('<script src="a/b.js"/><div/><br/><img src="x"/><path d="M0"/>')).toBe(
    '<script src="a/b.js"></script><div></div><br/><img src="x"/><path d="M0"/>',
  );
});
