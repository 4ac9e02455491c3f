/** Replaces the still picture of a recording by the player. The recording is loaded when it is first played. */

import { create } from 'asciinema-player';
import { fetchRange } from '../../shared/kit/ranges/fetch-range.ts';
import { elementById } from '../../web/kit/dom/element.ts';
import { type Cast, parseCast, problemOf } from './shared/asciicast.ts';
import { MAX_TIMING, parseScript, parseTiming } from './shared/typescript.ts';

/** The largest number of bytes that are loaded. Of a longer recording only the beginning is played. */
const MAX_BYTES = 100 * 1024 * 1024;
const { source = '', size = '0', timing } = document.body.dataset;
const playerElement = elementById('player');
const errorElement = elementById('bad');

async function loadRecording(): Promise<unknown[]> {
  const bytes = await fetchBeginning(source, Math.min(Number(size), MAX_BYTES));
  const timingBytes = timing === undefined ? undefined : await fetchBeginning(timing, MAX_TIMING);
  const isCut = bytes.length < Number(size) || timingBytes?.length === MAX_TIMING;
  const cast = timingBytes ? parseTypescript(bytes, timingBytes) : parseCast(new TextDecoder().decode(bytes), isCut);
  if (cast.invalid) showMessage(problemOf(cast));
  else if (isCut) showMessage('Only the beginning of this recording is played: it is very large.');
  return toPlayerData(cast);
}

/** Fetches the first bytes of a file of the entry. */
async function fetchBeginning(url: string, length: number): Promise<Uint8Array> {
  return (await fetchRange(new URL(url, document.baseURI).href, 0, length)).bytes;
}

/** Builds a recording from a typescript and its timing. */
function parseTypescript(typescript: Uint8Array, timingBytes: Uint8Array): Cast {
  const events = parseTiming(new TextDecoder().decode(timingBytes), timingBytes.length === MAX_TIMING);
  if (!events) throw new Error('its timing cannot be read');
  return parseScript(typescript, events);
}

/** The recording as asciicast 2, which the player accepts as an array. */
function toPlayerData({ columns, rows, idleLimit, events }: Cast): unknown[] {
  return [{ version: 2, width: columns, height: rows, idle_time_limit: idleLimit }, ...events];
}

function showMessage(text: string): void {
  if (!errorElement) return;
  errorElement.textContent = text;
  errorElement.hidden = false;
}

function replaceByPlayer(still: HTMLElement): void {
  // Stored as JSON, because HTML parsers normalise carriage returns.
  const text = JSON.parse(still.dataset.text ?? '""') as string;
  const player = document.createElement('div');
  playerElement?.append(player);
  create({ data: () => loadRecording().catch(reportError) }, player, {
    cols: Number(still.dataset.columns),
    rows: Number(still.dataset.rows),
    fit: 'width',
    preload: false,
    poster: `data:text/plain,${text}`,
    controls: true,
    terminalFontFamily: 'ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace',
  });
  still.remove();
}

function reportError(error: unknown): never {
  showMessage(`Could not load the recording: ${error instanceof Error ? error.message : error}`);
  throw error;
}

const still = playerElement?.querySelector<HTMLElement>('.screen');
if (still) replaceByPlayer(still);
