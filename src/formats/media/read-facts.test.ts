import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mediaFacts, sniffMedia } from './read-facts.ts';

const bytes = (...parts: (string | number[])[]): Uint8Array =>
  new Uint8Array(parts.flatMap((part) => (typeof part === 'string' ? [...part].map((c) => c.charCodeAt(0)) : part)));
const zeros = (count: number): number[] => new Array(count).fill(0);
const uint32 = (value: number): number[] => [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
const box = (type: string, ...inside: (string | number[])[]): number[] => {
  const body = [...bytes(...inside)];
  return [...uint32(body.length + 8), ...bytes(type), ...body];
};
const factsOf = (file: Uint8Array, size = file.length) =>
  mediaFacts((position, length) => file.subarray(position, position + length), size);

test.each([
  ['wav', bytes('RIFF', zeros(4), 'WAVEfmt ')],
  ['flac', bytes('fLaC')],
  ['ogg', bytes('OggS', [0, 2])],
  ['webm', bytes('\x1aE\xdf\xa3', zeros(8), 'B\x82\x84webm')],
  ['mkv', bytes('\x1aE\xdf\xa3', zeros(8), 'B\x82\x88matroska')],
  ['mp4', bytes([0, 0, 0, 32], 'ftypisom')],
  ['m4a', bytes([0, 0, 0, 32], 'ftypM4A ')],
  ['mov', bytes([0, 0, 0, 20], 'ftypqt  ')],
  ['mp3', bytes('ID3\x04\0')],
  // Two frames of 128 kbit/s at 44.1 kHz, 417 bytes each.
  ['mp3', bytes([0xff, 0xfb, 0x90, 0], zeros(413), [0xff, 0xfb, 0x90, 0], zeros(413))],
])('recognises %s by its first bytes', (type, head) => {
  expect(sniffMedia(head)).toBe(type);
});

test('texts, pictures and a lone MP3 sync word are not recognised', () => {
  for (const head of [
    bytes('RIFF is a word'),
    bytes('ID3 tags are old'),
    bytes([0, 0, 0, 32], 'ftypavif'),
    bytes([0, 0, 0, 32], 'ftypheic'),
    bytes('RIFF', zeros(4), 'WEBP'),
    bytes([0xff, 0xfb, 0x90, 0], zeros(500)),
    bytes([0xff, 0xfe], 'u\0t\0f\0'),
    bytes(),
  ])
    expect(sniffMedia(head)).toBeUndefined();
});

const track = (handler: string, codec: string, more: number[]): number[] =>
  box(
    'trak',
    box(
      'mdia',
      box('hdlr', zeros(8), handler, zeros(12)),
      box('minf', box('stbl', box('stsd', zeros(8), uint32(40), codec, more))),
    ),
  );
const mp4 = bytes(
  box('ftyp', 'isom', zeros(4)),
  box('mdat', zeros(1000)),
  box(
    'moov',
    box('mvhd', zeros(12), uint32(1000), uint32(83_500), zeros(80)),
    track('vide', 'av01', [...zeros(24), 7, 128, 4, 56, ...zeros(8)]),
    track('soun', 'mp4a', zeros(32)),
  ),
);

test('reads the tracks of an MP4 whose index follows the data', () => {
  expect(factsOf(mp4)).toEqual({
    kind: 'video',
    name: 'MPEG-4',
    details: ['AV1', 'AAC'],
    width: 1920,
    height: 1080,
    duration: 83.5,
  });
  expect(factsOf(mp4.subarray(0, 900))).toMatchObject({ kind: 'video', details: ['incomplete'] });
});

test('the number of boxes read is limited', () => {
  const many = bytes(box('ftyp', 'isom', zeros(4)), new Array(20_000).fill(box('free')).flat());
  let reads = 0;
  mediaFacts((position, length) => {
    reads++;
    return many.subarray(position, position + length);
  }, many.length);
  expect(reads).toBeLessThan(500);
});

test('the duration of a streamed WAV comes from the size of the file', () => {
  const head = bytes(
    'RIFF',
    zeros(4),
    'WAVEfmt ',
    [16, 0, 0, 0, 1, 0, 2, 0, 0x44, 0xac, 0, 0, 0x10, 0xb1, 2, 0, 4, 0, 16, 0],
    'data',
    [255, 255, 255, 255],
  );
  expect(factsOf(head, 44 + 176_400 * 3)).toMatchObject({
    details: ['PCM', '44.1 kHz', 'stereo', '16 bit'],
    duration: 3,
  });
});

test('no bytes after a known signature make the reader throw', () => {
  const beginnings = [
    'RIFF0000WAVE',
    'fLaC',
    'OggS\0',
    '\x1aE\xdf\xa3webm',
    '\0\0\0\x10ftypisom',
    '\0\0\0\x10ftypqt  ',
    'ID3\x04\0',
  ];
  fc.assert(
    fc.property(fc.constantFrom(...beginnings), fc.uint8Array({ maxLength: 300 }), (begin, rest) => {
      factsOf(bytes(begin, [...rest]));
    }),
  );
  for (let length = 0; length < mp4.length; length += 7) factsOf(mp4.subarray(0, length));
});
