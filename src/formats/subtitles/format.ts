import { readEnds } from '../../node/kit/text/file-ends.ts';
import type { Format } from '../../shared/format.ts';
import { decode, detectCharset } from '../../shared/kit/text/charset.ts';
import { subtitlesPage } from './page.ts';

/** Subtitles of a film have some 100 KB; of a larger file the beginning is shown until the whole is asked for. */
const LIMITS = { whole: 256 * 1024, head: 256 * 1024, tail: 0 };

const VTT = /^\uFEFF?WEBVTT(?:[ \t\r\n]|$)/;
const SRT = /^\uFEFF?\s{0,20}\d{1,6}[ \t]*\r?\n\d{1,3}:\d\d:\d\d[,.]\d{1,3} *--> *\d{1,3}:\d\d:\d\d/;

export default {
  name: 'subtitles',
  about: 'Subtitles (SubRip, WebVTT): the cues with their times, to be filtered; what is wrong, with its line',
  types: ['srt', 'vtt'],
  searchText: 'source',
  preview: true,

  sniff(head) {
    const text = decode(head, detectCharset(head).charset);
    return VTT.test(text) ? 'vtt' : SRT.test(text) ? 'srt' : undefined;
  },

  async render(input, output) {
    const { head, size } = readEnds(input.path, LIMITS);
    const { charset, note } = detectCharset(head);
    await output.page(
      subtitlesPage({
        title: input.title ?? input.name,
        text: decode(head, charset),
        isComplete: size <= head.length,
        bytes: size,
        note,
        charset,
        source: input.source,
        script: output.asset('subtitles.js'),
      }),
    );
  },
} satisfies Format;
