import fc from 'fast-check';
import { expect, test } from 'vitest';
import subtitles from './format.ts';
import { clock, markupHtml, seconds } from './shared/cues.ts';
import { parseSubtitles } from './shared/parse.ts';

const sniff = (text: string) => subtitles.sniff(new TextEncoder().encode(text));

test.each([
  ['WEBVTT\n\n00:01.000 --> 00:02.000\nHi', 'vtt'],
  ['\uFEFFWEBVTT', 'vtt'],
  ['1\r\n00:00:01,000 --> 00:00:02,000\r\nHi', 'srt'],
  ['\n1\n00:00:01.5 --> 00:00:02.5\nHi', 'srt'],
  ['WEBVTTX', undefined],
  ['1\n2\n3\n', undefined],
])('the type of %j is %s', (text, type) => expect(sniff(text)).toBe(type));

test('times are read in every form that players accept', () => {
  const { cues } = parseSubtitles(
    '1\n00:00:01,500 --> 00:00:02,000\na\n\n2\n1:2:3.4-->01:02:04\n\n01:02.25 --> 100:00:00,007\nb\nc',
  );
  expect(cues).toEqual([
    { id: '1', start: 1500, end: 2000, text: 'a', line: 2 },
    { start: 62_250, end: 360_000_007, text: 'b\nc', line: 8 },
  ]);
});

test('lines that belong to no cue are problems with their line', () => {
  const { cues, problems } = parseSubtitles('words\n\n1\n00:00:02,000 --> 00:00:01,000\nx\n\n2\n0:0 --> 0:1\n');
  expect(cues).toHaveLength(1);
  expect(problems).toEqual([
    { line: 1, message: 'no times above "words"' },
    { line: 4, message: 'ends before it begins' },
    { line: 8, message: 'unreadable times "0:0 --> 0:1"' },
  ]);
});

test('comments, styles and regions of WebVTT are no cues', () => {
  const text = 'WEBVTT\nKind: captions\n\nNOTE a\nb\n\nSTYLE\n::cue{}\n\nREGION\nid:x\n\n00:01.000 --> 00:02.000\nHi';
  expect(parseSubtitles(text)).toMatchObject({ kind: 'WebVTT', cues: [{ text: 'Hi' }], problems: [] });
});

test.each([
  ['<i>a\nb</i>', '<i>a<br>b</i>'],
  ['<b>a<i>b</b>c</i>', '<b>a<i>b</i></b>c'],
  ['<B>open', '<b>open</b>'],
  ['<v.loud.fast Ann>hi</v>', '<b class="voice">Ann:</b> hi'],
  ['{\\an8}<font color="red">x</font><00:01.000>y', 'xy'],
  ['1 < 2 & 3 > 2', '1 &#60; 2 &#38; 3 &#62; 2'],
  ['&amp;&lt;&unknown;', '&#38;&#60;&#38;unknown;'],
])('the markup %j is shown as %s', (text, html) => expect(markupHtml(text)).toBe(html));

test('no text becomes an element that is not ours', () => {
  const piece = fc.constantFrom('<', '>', '/', 'b', 'i', 'v', 'script', '"', '&', ' ', '.', '\n', 'a');
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const html = markupHtml(pieces.join(''));
      expect(html.replace(/<\/?[biu]>|<b class="voice">|<br>/g, '')).not.toMatch(/[<>"]/);
    }),
  );
});

test('times are written with milliseconds', () => {
  expect(clock(3_723_004)).toBe('01:02:03.004');
  expect(clock(360_000_007)).toBe('100:00:00.007');
  expect(seconds(2500)).toBe('2.5 s');
});
