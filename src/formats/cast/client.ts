/** The script of a recording's page: the player in the place of the picture. The recording is loaded when it is played. */
import { create } from 'asciinema-player';
import { fetchRange } from '../../shared/kit/ranges/fetch-range.ts';
import { type Cast, parseCast, problemOf } from './shared/parse.ts';
import { MAX_TIMING, parseScript, parseTiming } from './shared/script.ts';

/** Of a larger recording the beginning is played. */
const MAX_BYTES = 100 * 1024 * 1024;
const { source = '', size = '0', timing } = document.body.dataset;
const place = document.getElementById('player');
const bad = document.getElementById('bad');

async function load(): Promise<unknown[]> {
  const bytes = await beginning(source, Math.min(Number(size), MAX_BYTES));
  const times = timing === undefined ? undefined : await beginning(timing, MAX_TIMING);
  const cut = bytes.length < Number(size) || times?.length === MAX_TIMING;
  const cast = times ? timed(bytes, times) : parseCast(new TextDecoder().decode(bytes), cut);
  if (cast.bad) say(problemOf(cast));
  else if (cut) say('Only the beginning of this recording is played: it is very large.');
  return playable(cast);
}

/** The first bytes of a file beside the page. */
async function beginning(url: string, length: number): Promise<Uint8Array> {
  return (await fetchRange(new URL(url, document.baseURI).href, 0, length)).bytes;
}

/** The recording that a typescript and its timing make. */
function timed(typescript: Uint8Array, times: Uint8Array): Cast {
  const read = parseTiming(new TextDecoder().decode(times), times.length === MAX_TIMING);
  if (!read) throw new Error('its timing cannot be read');
  return parseScript(typescript, read);
}

/** The recording in version 2, in the form that the player takes. */
function playable({ columns, rows, idleLimit, events }: Cast): unknown[] {
  return [{ version: 2, width: columns, height: rows, idle_time_limit: idleLimit }, ...events];
}

function say(text: string): void {
  if (!bad) return;
  bad.textContent = text;
  bad.hidden = false;
}

function start(picture: HTMLElement): void {
  // As JSON, since HTML knows no carriage return.
  const text = JSON.parse(picture.dataset.text ?? '""') as string;
  const player = document.createElement('div');
  place?.append(player);
  create({ data: () => load().catch(failed) }, player, {
    cols: Number(picture.dataset.columns),
    rows: Number(picture.dataset.rows),
    fit: 'width',
    preload: false,
    poster: `data:text/plain,${text}`,
    controls: true,
    terminalFontFamily: 'ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace',
  });
  picture.remove();
}

function failed(error: unknown): never {
  say(`Could not load the recording: ${error instanceof Error ? error.message : error}`);
  throw error;
}

const picture = place?.querySelector<HTMLElement>('.screen');
if (picture) start(picture);
