/** The page of a recording: a still picture, facts and the text of the output. The page's script adds the player. */
import type { RenderInput, RenderOutput } from '../../shared/format.ts';
import { escapeHtml, page } from '../../shared/kit/page/shell.ts';
import { ansiHtml, createScreen } from '../../shared/kit/text/screen.ts';
import { ANSI_STYLE } from '../../shared/kit/text/sgr.ts';
import { type Cast, problemOf } from './shared/asciicast.ts';

/** The bytes read of a recording: for the still picture, the duration and, if it is short, the text. */
export const LIMITS = { whole: 128 * 1024, head: 64 * 1024, tail: 16 * 1024 };
/** The largest still picture and the largest text, characters of HTML. */
const TEXT_LIMIT = 120 * 1024;

const STYLE = `.screen{background:#121314;color:#ccc;padding:12px;border-radius:6px;white-space:pre;overflow:auto}
.ap-fullscreen-button{display:none!important}details{margin-top:10px}details pre{margin-top:8px}`;

export interface Recording {
  /** The recording, or its beginning. */
  readonly cast: Cast;
  /** Duration in seconds, if known. */
  readonly seconds?: number;
  /** Whether `cast` is the complete recording. */
  readonly isComplete: boolean;
  /** Bytes of the file. */
  readonly size: number;
  /** Relative URL of the timing of a typescript. */
  readonly timing?: string;
}

/** Writes the page of a recording. */
export async function castPage(input: RenderInput, output: RenderOutput, recording: Recording): Promise<void> {
  const { cast, seconds, isComplete, size, timing } = recording;
  const text = cast.events.flatMap(([, code, data]) => (code === 'o' ? [data] : [])).join('');
  const screen = createScreen({ rows: cast.rows, columns: cast.columns });
  screen.write(text);
  screen.takeFinished();
  const facts = [
    ...(cast.title ? [escapeHtml(cast.title)] : []),
    `${cast.columns} × ${cast.rows}`,
    ...(seconds === undefined ? [] : [durationText(seconds)]),
    ...(cast.command ? [`<code>${escapeHtml(cast.command)}</code>`] : []),
    ...(cast.recordedAt ? [dateText(cast.recordedAt)] : []),
  ].filter(Boolean);
  const problem = problemOf(cast);
  const transcript = isComplete ? ansiHtml(text) : '';
  const transcriptHtml =
    transcript && transcript.length < TEXT_LIMIT
      ? `<details><summary>Text</summary><pre>\n${transcript}</pre></details>`
      : '';
  const stillData = escapeHtml(JSON.stringify(stillPictureOutput(text)));
  const stillSize = `data-columns="${cast.columns}" data-rows="${cast.rows}"`;
  const stillHtml = screen.current().slice(0, TEXT_LIMIT);
  await output.page(
    page({
      title: input.title ?? cast.title ?? input.name,
      style: ANSI_STYLE + STYLE,
      body: [
        `<div class="bar"><span class="note">${facts.join(' · ')}</span></div>`,
        `<p class="bad" id="bad"${problem ? '' : ' hidden'}>${problem}</p>\n`,
        `<div id="player" style="max-width:${Math.max(20, cast.columns) * 9}px">`,
        `<pre class="screen" ${stillSize} data-text="${stillData}">${stillHtml}</pre></div>\n`,
        transcriptHtml,
      ].join(''),
      data: { source: input.source, size: String(size), ...(timing !== undefined && { timing }) },
      styles: [output.asset('cast.css')],
      scripts: [output.asset('cast.js')],
    }),
  );
}

/** The output for the still picture: all that follows the last clearing of the screen, at most 16 KiB. */
function stillPictureOutput(text: string): string {
  const clearedAt = Math.max(text.lastIndexOf('\x1b[2J'), text.lastIndexOf('\x1bc'), 0);
  const output = text.slice(Math.max(clearedAt, text.length - 16 * 1024));
  return output.length < text.length && clearedAt === 0 ? output.slice(output.indexOf('\n') + 1) : output;
}

/** `0.8 s`, `1:05`, `1:00:05`. */
function durationText(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
  const twoDigits = (n: number) => String(Math.floor(n)).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours > 0
    ? `${hours}:${twoDigits(minutes)}:${twoDigits(seconds % 60)}`
    : `${minutes}:${twoDigits(seconds % 60)}`;
}

function dateText(seconds: number): string {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? '' : `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
