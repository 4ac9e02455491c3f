import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { imageSize } from '../../node/kit/image/image-size.ts';
import { escapeHtml } from '../../shared/kit/page/shell.ts';
import { plural, size } from '../../shared/kit/text/numbers.ts';
import { ansiHtml } from '../../shared/kit/text/screen.ts';
import { sanitize } from '../markdown/sanitize.ts';
import type { Data, Output } from './read.ts';

/** Longest text of an output that is shown completely, in characters. Of a longer text, the middle is omitted. */
const MAX_TEXT = 20_000;
/** Longest HTML of an output that is shown, in characters. */
const MAX_HTML = 400_000;

/** The pictures that browsers support: file extensions by media type, in order of preference. */
const EXTENSIONS: Readonly<Record<string, string>> = {
  'image/svg+xml': 'svg',
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/gif': 'gif',
  'image/webp': 'webp',
};

/** A picture that was written into the entry. */
export interface SavedPicture {
  /** File name. */
  readonly name: string;
  readonly url: string;
  /** The HTML attributes `width` and `height`; empty if the size is not known. */
  readonly sizeAttributes: string;
}

/** Writes the picture among the formats of an output into the entry; undefined if there is none. */
export type SavePicture = (data: Data) => Promise<SavedPicture | undefined>;

/** Returns a function that writes pictures into a directory under generated names. `href`: URL of the directory. */
export function pictureSaver(dir: string, href: string): SavePicture {
  let count = 0;
  return async (data) => {
    const type = Object.keys(EXTENSIONS).find((mediaType) => data.get(mediaType));
    if (type === undefined) return undefined;
    const value = data.get(type) ?? '';
    const bytes = Buffer.from(value, type === 'image/svg+xml' && value.includes('<') ? 'utf8' : 'base64');
    const name = `picture-${++count}.${EXTENSIONS[type]}`;
    await mkdir(dir, { recursive: true });
    await writeFile(join(dir, name), bytes);
    const dimensions = imageSize(bytes.subarray(0, 64 * 1024));
    return {
      name,
      url: `${href}/${name}`,
      sizeAttributes: dimensions ? ` width="${dimensions.width}" height="${dimensions.height}"` : '',
    };
  };
}

/** Renders an output of a cell as HTML, without scripts. */
export async function outputHtml(output: Output, save: SavePicture): Promise<string> {
  if (output.kind === 'text') return textOutput(output.text, output.isError ? ' class="error"' : '');
  const { data } = output;
  const html = data.get('text/html');
  if (html !== undefined && html.length <= MAX_HTML) {
    const sanitized = sanitize(
      html,
      (url) => (/^(?:https?:|mailto:|data:image\/|#)/i.test(url) ? url : undefined),
      '\0',
    );
    if (/<img|<table|<hr/.test(sanitized) || sanitized.replace(/<[^>]*>|\s|&nbsp;/g, ''))
      return `<div class="html">${sanitized}</div>`;
  }
  const picture = await save(data);
  if (picture) {
    const alt = escapeHtml((data.get('text/plain') ?? 'A picture').slice(0, 200));
    return `<img src="${escapeHtml(picture.url)}" alt="${alt}"${picture.sizeAttributes}>`;
  }
  const markdown = data.get('text/markdown');
  if (markdown !== undefined) {
    const { parse } = await import('../markdown/parse.ts');
    return parse(markdown.slice(0, MAX_TEXT)).html({ files: new Set(), source: '.' });
  }
  const plain = data.get('text/latex') ?? data.get('text/plain') ?? data.get('application/json');
  return textOutput(plain ?? '', '') + omittedNote(data, plain);
}

/** A note for an output whose HTML is too large or that needs scripts; empty for another output. */
function omittedNote(data: Data, plain: string | undefined): string {
  const html = data.get('text/html');
  if (html !== undefined && html.length > MAX_HTML)
    return `<p class="note">Its HTML is too large to be shown: ${size(html.length)}.</p>`;
  const scriptedType = [...data.keys()].find((type) => /^application\/(?:vnd|javascript)/.test(type));
  if (scriptedType === undefined && plain !== undefined && html === undefined) return '';
  const type = scriptedType ?? (html !== undefined ? 'text/html' : ([...data.keys()][0] ?? 'an empty output'));
  return `<p class="note">Not shown: an output that needs scripts (${escapeHtml(type.slice(0, 80))}).</p>`;
}

/** Renders text with terminal colours. `attributes`: HTML attributes of `<pre>`, after a space. */
function textOutput(text: string, attributes: string): string {
  if (text === '') return '';
  const excess = text.length - MAX_TEXT;
  if (excess <= 0) return `<pre${attributes}>\n${ansiHtml(text)}</pre>`;
  const head = text.slice(0, text.lastIndexOf('\n', MAX_TEXT * 0.75) + 1 || MAX_TEXT * 0.75);
  const tail = text.slice(text.indexOf('\n', text.length - MAX_TEXT / 4) + 1 || text.length - MAX_TEXT / 4);
  const lines = text.slice(head.length, text.length - tail.length).split('\n').length - 1;
  const preHtml = (part: string): string => `<pre${attributes}>\n${ansiHtml(part)}</pre>`;
  return `${preHtml(head)}<p class="note">${plural(lines, 'line')} left out.</p>${preHtml(tail)}`;
}
