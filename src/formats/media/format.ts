import { closeSync, openSync } from 'node:fs';
import { readAt } from '../../node/kit/text/file-ends.ts';
import type { Format } from '../../shared/format.ts';
import { escapeHtml, page } from '../../shared/kit/page/shell.ts';
import { size as sizeOf } from '../../shared/kit/text/numbers.ts';
import type { Facts } from './bytes.ts';
import { mediaFacts, sniffMedia } from './facts.ts';
import { clock } from './shared/clock.ts';

const SOUND = ['mp3', 'wav', 'ogg', 'oga', 'opus', 'flac', 'm4a', 'aac', 'weba'];
const FILM = ['mp4', 'm4v', 'webm', 'mov', 'ogv', 'mkv'];

/** The most height of a film in a scroll. */
const TALLEST = '540px';

const STYLE = `figure{margin:0}audio{display:block;width:100%;max-width:720px}
video{display:block;max-width:100%;height:auto;min-width:min(100%,320px);max-height:${TALLEST};background:#000}.alone video{max-height:calc(100vh - 60px)}
`;

/** As wide as the room for its height allows, so that there are no bars beside it. A frame is as high as its page, so its height is no measure. */
const fitted = (ratio: number): string =>
  `video{max-width:min(100%,calc(${TALLEST}*${ratio}));max-height:none}.alone video{max-width:min(100%,calc((100vh - 60px)*${ratio}));max-height:none}`;

export default {
  name: 'media',
  about: 'sound and film, played by the browser, which asks for the parts that are heard and seen',
  types: [...SOUND, ...FILM],
  searchText: 'none',
  preview: true,
  sniff: sniffMedia,
  async render(input, output) {
    const facts = factsOf(input.path, input.bytes);
    const kind = facts?.kind ?? (FILM.includes(input.type) ? 'video' : 'audio');
    const room = facts?.width && facts.height ? ` width="${facts.width}" height="${facts.height}"` : '';
    const told = facts ? [facts.name, ...facts.details] : [];
    const line = [
      ...(facts?.width ? [`${facts.width} × ${facts.height} pixels`] : []),
      ...told,
      ...(input.bytes > 0 ? [sizeOf(input.bytes)] : ['Empty.']),
    ].map(escapeHtml);
    const name = escapeHtml(input.name);
    const source = escapeHtml(input.source);
    await output.page(
      page({
        title: input.title ?? input.name,
        style: facts?.width && facts.height ? STYLE + fitted(Number((facts.width / facts.height).toFixed(4))) : STYLE,
        body: `<figure><${kind} id="media" controls preload="metadata" aria-label="${escapeHtml(input.title ?? input.name)}"${room} src="${source}"></${kind}><figcaption class="note"><span id="length">${facts?.duration === undefined ? '' : `${clock(facts.duration)} · `}</span>${line.join(' · ')}</figcaption><p class="bad" role="alert" id="fault" hidden><span></span> <a href="${source}" download>Download ${name}</a></p></figure>`,
        data: { size: String(input.bytes), codecs: told.join(', ') },
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
