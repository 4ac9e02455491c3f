import { closeSync, openSync } from 'node:fs';
import { readAt } from '../../node/kit/text/file-ends.ts';
import type { Format } from '../../shared/format.ts';
import { escapeHtml, page } from '../../shared/kit/page/shell.ts';
import { size as sizeOf } from '../../shared/kit/text/numbers.ts';
import type { Facts } from './file-facts.ts';
import { mediaFacts, sniffMedia } from './read-facts.ts';
import { clock } from './shared/clock.ts';

const AUDIO_TYPES = ['mp3', 'wav', 'ogg', 'oga', 'opus', 'flac', 'm4a', 'aac', 'weba'];
const VIDEO_TYPES = ['mp4', 'm4v', 'webm', 'mov', 'ogv', 'mkv'];

/** Largest height of a video in a scroll. */
const MAX_HEIGHT = '540px';

const STYLE = `figure{margin:0}audio{display:block;width:100%;max-width:720px}
video{display:block;max-width:100%;height:auto;min-width:min(100%,320px);max-height:${MAX_HEIGHT};background:#000}.alone video{max-height:calc(100vh - 60px)}
`;

/**
 * Limits the width such that the height does not exceed the maximum and the video has no black bars. Only alone can it
 * use `vh`: in the scroll the height of the frame follows that of its page.
 */
const fittedStyle = (ratio: number): string =>
  `video{max-width:min(100%,calc(${MAX_HEIGHT}*${ratio}));max-height:none}.alone video{max-width:min(100%,calc((100vh - 60px)*${ratio}));max-height:none}`;

export default {
  name: 'media',
  about: 'Audio and video, played by the browser, which loads only the parts that it needs',
  types: [...AUDIO_TYPES, ...VIDEO_TYPES],
  searchText: 'none',
  preview: true,
  sniff: sniffMedia,
  async render(input, output) {
    const facts = factsOf(input.path, input.bytes);
    const kind = facts?.kind ?? (VIDEO_TYPES.includes(input.type) ? 'video' : 'audio');
    const sizeAttributes = facts?.width && facts.height ? ` width="${facts.width}" height="${facts.height}"` : '';
    const details = facts ? [facts.name, ...facts.details] : [];
    const line = [
      ...(facts?.width ? [`${facts.width} × ${facts.height} pixels`] : []),
      ...details,
      ...(input.bytes > 0 ? [sizeOf(input.bytes)] : ['Empty.']),
    ].map(escapeHtml);
    const duration = facts?.duration === undefined ? '' : `${clock(facts.duration)} · `;
    const label = escapeHtml(input.title ?? input.name);
    const name = escapeHtml(input.name);
    const source = escapeHtml(input.source);
    await output.page(
      page({
        title: input.title ?? input.name,
        style:
          facts?.width && facts.height ? STYLE + fittedStyle(Number((facts.width / facts.height).toFixed(4))) : STYLE,
        body: [
          `<figure><${kind} id="media" controls preload="metadata" aria-label="${label}"`,
          `${sizeAttributes} src="${source}"></${kind}>`,
          `<figcaption class="note"><span id="length">${duration}</span>${line.join(' · ')}</figcaption>`,
          '<p class="bad" role="alert" id="fault" hidden><span></span> ',
          `<a href="${source}" download>Download ${name}</a></p></figure>`,
        ].join(''),
        data: { size: String(input.bytes), codecs: details.join(', ') },
        scripts: [output.asset('media.js')],
      }),
    );
  },
} satisfies Format;

function factsOf(path: string, size: number): Facts | undefined {
  const file = openSync(path, 'r');
  try {
    return mediaFacts((position, length) => readAt(file, position, length), size);
  } finally {
    closeSync(file);
  }
}
