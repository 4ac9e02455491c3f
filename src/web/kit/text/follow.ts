import { splitHtmlLines } from '../../../shared/kit/code/lines.ts';
import type { Charset } from '../../../shared/kit/text/charset.ts';
import { createScreen, isTerminal } from '../../../shared/kit/text/screen.ts';
import { ANSI_STYLE } from '../../../shared/kit/text/sgr.ts';
import { elementById } from '../dom/element.ts';
import { readGrowing } from './read-growing-file.ts';

const LINES = 2000;

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
  const pre = elementById('text');
  const state = elementById('state');
  if (!pre || !state) return;
  const decoder = new TextDecoder(charset);
  const screen = createScreen();
  const scroller = document.scrollingElement ?? document.documentElement;
  const live = document.createElement('span');
  let terminal = ansi;
  let endsWithCr = false;
  let lines = 0;

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
      screen.write(text);
      append(screen.takeFinished());
      live.innerHTML = screen.current();
    } else {
      // A line end may be cut between its two characters.
      if (endsWithCr && text) text = `\r${text}`;
      endsWithCr = text.endsWith('\r');
      append(paint(endsWithCr ? text.slice(0, -1) : text));
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
    const rows = splitHtmlLines(html, /(?<=\n)/);
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
      elementById('cut')?.removeAttribute('hidden');
    }
  }

  scroller.scrollTop = scroller.scrollHeight;
  readGrowing({
    url,
    from: ansi ? from : end,
    onBytes: add,
    onSkip: () => append('\n…\n'),
    onState: (text) => {
      state.textContent = text;
    },
  });
}

function countLines(text: string): number {
  return text.split('\n').length - 1;
}
