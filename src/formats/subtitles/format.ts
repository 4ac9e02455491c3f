import { readTextHead } from '../../node/kit/text/text-head.ts';
import type { Format } from '../../shared/format.ts';
import { decode, detectCharset } from '../../shared/kit/text/charset.ts';
import { subtitlesPage } from './page.ts';

/** Subtitles of a film have some 100 KB; of a larger file, only the beginning is read until the user presses "All cues". */
const MAX_BYTES = 256 * 1024;

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
    await output.page(subtitlesPage(readTextHead(input, MAX_BYTES), output.asset('subtitles.js')));
  },
} satisfies Format;
