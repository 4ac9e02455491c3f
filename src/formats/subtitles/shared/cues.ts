import { escapeHtml } from '../../../shared/kit/page/shell.ts';
import type { Cue } from './parse.ts';

/** Milliseconds as `00:01:02.500`. */
export function clock(ms: number): string {
  const two = (n: number) => String(Math.floor(n)).padStart(2, '0');
  return `${two(ms / 3_600_000)}:${two((ms / 60_000) % 60)}:${two((ms / 1000) % 60)}.${String(ms % 1000).padStart(3, '0')}`;
}

/** Milliseconds as `2.5 s`; signed where an end lies before its start. */
export function seconds(ms: number): string {
  return `${Number((ms / 1000).toFixed(3))} s`;
}

/** The row of a cue in the page. */
export function cueHtml({ start, end, id, settings, text }: Cue): string {
  const hints = [id && `Cue ${id}`, settings].filter(Boolean).join(' · ');
  return `<li class="cue"${hints ? ` title="${escapeHtml(hints)}"` : ''}><span class="times">${clock(start)}<span class="note"> ${seconds(end - start)}</span></span><span>${markupHtml(text)}</span></li>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  nbsp: '\u00a0',
  lrm: '\u200e',
  rlm: '\u200f',
};

/**
 * The text of a cue as HTML. Bold, italics and underlines stay, the speaker of WebVTT (`<v Ann>`) is written before the
 * words, other tags and SubRip's positions (`{\an8}`) are left out, and everything else is escaped.
 */
export function markupHtml(text: string): string {
  const open: string[] = [];
  const html = text
    .replace(/\{\\[^}\n]*\}/g, '')
    .split(/(<[^<>\n]*>)/)
    .map((piece) => {
      const tag = /^<(\/?)([biuv])(?:\.[^\s>]*)?(?:\s+([^>]*))?>$/i.exec(piece);
      if (!tag) return /^<(?:\/?[a-z]|\d)[^>]*>$/i.test(piece) ? '' : textHtml(piece);
      const [, close, word = '', rest = ''] = tag;
      const name = word.toLowerCase();
      if (name === 'v') return close ? '' : `<b class="voice">${textHtml(rest.trim())}:</b> `;
      if (!close) {
        open.push(name);
        return `<${name}>`;
      }
      return closeTag(open, name);
    })
    .join('');
  return `${html}${open
    .reverse()
    .map((name) => `</${name}>`)
    .join('')}`.replace(/\n/g, '<br>');
}

/** Closes `name` and what was opened inside of it. */
function closeTag(open: string[], name: string): string {
  const at = open.lastIndexOf(name);
  if (at < 0) return '';
  return open
    .splice(at)
    .reverse()
    .map((each) => `</${each}>`)
    .join('');
}

function textHtml(text: string): string {
  return escapeHtml(text.replace(/&(\w+);/g, (entity, name: string) => ENTITIES[name] ?? entity));
}
