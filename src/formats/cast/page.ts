/** The page of a recording: its first picture, its facts and its text, and the player in the page's script. */
import type { RenderInput, RenderOutput } from '../../shared/format.ts';
import { escapeHtml, page } from '../../shared/kit/page/shell.ts';
import { ansiHtml, createScreen } from '../../shared/kit/text/screen.ts';
import { ANSI_STYLE } from '../../shared/kit/text/sgr.ts';
import { type Cast, problemOf } from './shared/parse.ts';

/** So much of a recording is read for the page: for the first picture of it, its length and, where that is all, its text. */
export const LIMITS = { whole: 128 * 1024, head: 64 * 1024, tail: 16 * 1024 };
const TEXT_LIMIT = 120 * 1024;

const STYLE = `.screen{background:#121314;color:#ccc;padding:12px;border-radius:6px;white-space:pre;overflow:auto}
.ap-fullscreen-button{display:none!important}details{margin-top:10px}details pre{margin-top:8px}`;

export interface Recording {
  /** The recording, or its beginning. */
  readonly cast: Cast;
  /** How long all of it takes, seconds, where that is known. */
  readonly seconds?: number;
  /** `cast` is all of it. */
  readonly whole: boolean;
  /** Bytes of the file. */
  readonly size: number;
  /** Relative URL of the timing of a typescript. */
  readonly timing?: string;
}

/** Writes the page of a recording. */
export async function castPage(input: RenderInput, output: RenderOutput, recording: Recording): Promise<void> {
  const { cast, seconds, whole, size, timing } = recording;
  const text = cast.events.flatMap(([, code, data]) => (code === 'o' ? [data] : [])).join('');
  const screen = createScreen({ rows: cast.rows, columns: cast.columns });
  screen.write(text);
  screen.takeFinished();
  const facts = [
    ...(cast.title ? [escapeHtml(cast.title)] : []),
    `${cast.columns} × ${cast.rows}`,
    ...(seconds === undefined ? [] : [duration(seconds)]),
    ...(cast.command ? [`<code>${escapeHtml(cast.command)}</code>`] : []),
    ...(cast.recorded ? [date(cast.recorded)] : []),
  ].filter(Boolean);
  const bad = problemOf(cast);
  const transcript = whole ? ansiHtml(text) : '';
  await output.page(
    page({
      title: input.title ?? cast.title ?? input.name,
      style: ANSI_STYLE + STYLE,
      body: `<div class="bar"><span class="note">${facts.join(' · ')}</span></div><p class="bad" id="bad"${bad ? '' : ' hidden'}>${bad}</p>
<div id="player" style="max-width:${Math.max(20, cast.columns) * 9}px"><pre class="screen" data-columns="${cast.columns}" data-rows="${cast.rows}" data-text="${escapeHtml(JSON.stringify(picture(text)))}">${screen.current().slice(0, TEXT_LIMIT)}</pre></div>
${transcript && transcript.length < TEXT_LIMIT ? `<details><summary>Text</summary><pre>\n${transcript}</pre></details>` : ''}`,
      data: { source: input.source, size: String(size), ...(timing !== undefined && { timing }) },
      styles: [output.asset('cast.css')],
      scripts: [output.asset('cast.js')],
    }),
  );
}

/** The output that the first picture is made of: from where the screen was last cleared, if it is not too much. */
function picture(text: string): string {
  const cleared = Math.max(text.lastIndexOf('\x1b[2J'), text.lastIndexOf('\x1bc'), 0);
  const last = text.slice(Math.max(cleared, text.length - 16 * 1024));
  return last.length < text.length && cleared === 0 ? last.slice(last.indexOf('\n') + 1) : last;
}

/** `0.8 s`, `1:05`, `1:00:05`. */
function duration(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
  const two = (n: number) => String(Math.floor(n)).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

function date(seconds: number): string {
  const at = new Date(seconds * 1000);
  return Number.isNaN(at.getTime()) ? '' : `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
