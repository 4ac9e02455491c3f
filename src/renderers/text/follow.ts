import { htmlLines } from '../code/lines.ts';
import type { Charset } from './charset.ts';
import { fetchRange } from './range.ts';
import { createScreen, isTerminal } from './screen.ts';
import { ANSI_STYLE } from './sgr.ts';

const LINES = 2000;
const PIECE = 256 * 1024;
const POLL = 1000;
const QUIET = 60_000;

interface Growing {
  readonly url: string;
  /** The bytes of the file that are in the page. */
  readonly from: number;
  readonly end: number;
  readonly charset: Charset;
  /** Whether it is terminal output, and how it is painted where it is not. */
  readonly ansi: boolean;
  readonly paint: (text: string) => string;
}

/** Follows a growing file: adds what is new to `#text`, keeps a reader who is at the end there, and forgets old lines. */
export function follow({ url, from, end, charset, ansi, paint }: Growing): void {
  const pre = document.getElementById('text');
  const state = document.getElementById('state');
  if (!pre || !state) return;
  const decoder = new TextDecoder(charset);
  const screen = createScreen();
  const scroller = document.scrollingElement ?? document.documentElement;
  const live = document.createElement('span');
  let terminal = ansi;
  let carriage = false;
  let at = ansi ? from : end;
  let lines = 0;
  let ended = false;
  let working = false;
  let again = false;
  let told = 0;
  let heard = Date.now();

  // A terminal's lines may still be written over, so they are painted from the start; text is only added to.
  const known = document.createElement('span');
  if (ansi) pre.replaceChildren(known, live);
  else {
    known.append(...pre.childNodes);
    pre.replaceChildren(known);
    lines = countLines(known.textContent ?? '');
  }

  function add(bytes: Uint8Array): void {
    const atEnd = scroller.scrollTop + scroller.clientHeight >= scroller.scrollHeight - 24;
    let text = decoder.decode(bytes, { stream: true });
    if (!terminal && isTerminal(text)) becomeTerminal();
    if (terminal) {
      screen.feed(text);
      append(screen.settled());
      live.innerHTML = screen.live();
    } else {
      // A line end may be cut between its two characters.
      if (carriage && text) text = `\r${text}`;
      carriage = text.endsWith('\r');
      append(paint(carriage ? text.slice(0, -1) : text));
    }
    if (atEnd) scroller.scrollTop = scroller.scrollHeight;
  }

  /** A pipe turns out to be a terminal's output when its colours come: from here on it is painted so. */
  function becomeTerminal(): void {
    terminal = true;
    document.head.append(Object.assign(document.createElement('style'), { textContent: ANSI_STYLE }));
    pre?.append(live);
  }

  function append(html: string): void {
    if (!html) return;
    // Cut into parts, so that old lines can go a part at a time.
    const rows = htmlLines(html, /(?<=\n)/);
    for (let i = 0; i < rows.length; i += 200) {
      const part = document.createElement('span');
      part.innerHTML = rows.slice(i, i + 200).join('');
      if (terminal) live.before(part);
      else pre?.append(part);
    }
    lines += countLines(html);
    for (let first = pre?.firstElementChild; first && first !== live; first = pre?.firstElementChild) {
      const had = countLines(first.textContent ?? '');
      if (lines - had < LINES) break;
      const height = scroller.scrollHeight;
      first.remove();
      lines -= had;
      scroller.scrollTop -= height - scroller.scrollHeight;
      document.getElementById('cut')?.removeAttribute('hidden');
    }
  }

  async function read(): Promise<void> {
    again = working;
    if (working) return;
    working = true;
    try {
      do {
        again = false;
        for (;;) {
          // From a byte that is known: a range that begins at the end is an error to servers.
          const known = Math.min(at, 1);
          const part = await fetchRange(url, at - known, at + PIECE, true);
          const bytes = part.bytes.subarray(known);
          const { size } = part;
          // Far behind: what scrolled by unseen is left out.
          if (size !== undefined && size - at > 4 * PIECE) {
            at = size - PIECE - (size % 2);
            append('\n…\n');
            continue;
          }
          at += bytes.length;
          if (bytes.length > 0) {
            heard = Date.now();
            add(bytes);
          }
          if (bytes.length < PIECE) break;
        }
      } while (again);
      if (state) state.textContent = ended ? 'Ended.' : 'Still growing.';
      if (ended) clearInterval(timer);
    } catch {
      if (state) state.textContent = 'Could not load what is new; trying again.';
    } finally {
      working = false;
    }
  }

  addEventListener('grown', (event) => {
    const detail = (event as CustomEvent<{ bytes?: number; ended?: boolean }>).detail;
    told = Date.now();
    if (detail.ended) ended = true;
    void read();
  });
  // A static server tells nothing: ask it, less often when nothing has come for a while.
  let ticks = 0;
  const timer = setInterval(() => {
    const now = Date.now();
    ticks++;
    if (now - told > 5 * POLL && (now - heard < QUIET || ticks % 10 === 0)) void read();
  }, POLL);
  scroller.scrollTop = scroller.scrollHeight;
  void read();
}

function countLines(text: string): number {
  return text.split('\n').length - 1;
}
