import { CODE_STYLE } from '../../node/kit/code/highlight-style.ts';
import { readEnds } from '../../node/kit/text/file-ends.ts';
import { TEXT_LIMITS, textPage } from '../../node/kit/text/text-page.ts';
import type { Format, RenderInput } from '../../shared/format.ts';
import { CODE_TYPES, languageOf } from '../../shared/kit/code/languages.ts';
import { page } from '../../shared/kit/page/shell.ts';
import { decode, detectCharset, isText, showControls } from '../../shared/kit/text/charset.ts';
import { plural } from '../../shared/kit/text/numbers.ts';

/** What the page may come to. Beyond it, and beyond the limits of texts, source is shown as plain text is. */
const HTML_LIMIT = 200 * 1024;

const STYLE = `${CODE_STYLE}
.bar label{flex:none;font-size:12.5px;color:var(--dim)}.bar input{margin:0 4px 0 0;vertical-align:-2px}
.code{counter-reset:line}.code code{display:block;position:relative;padding-left:calc(var(--digits)*1ch + 2ch)}
.code code::before{counter-increment:line;content:counter(line);position:absolute;left:0;width:calc(var(--digits)*1ch);text-align:right;color:var(--dim);opacity:.75}
.code code:hover{background:var(--soft)}body:has(#wrap:not(:checked)) .code{white-space:pre;overflow-x:auto}body:has(#wrap:not(:checked)) .code code{width:max-content;min-width:100%}`;

export default {
  name: 'code',
  about: 'Source code with its parts in colour and numbered lines; large files, and those that grow, as plain text',
  types: CODE_TYPES,
  searchText: 'source',
  preview: true,
  live: true,

  // A script says by its first line what it is written in: `#!/bin/sh -e`, `#!/usr/bin/env python3`.
  sniff(head) {
    const first = new TextDecoder('latin1').decode(head.subarray(0, 256)).split('\n')[0] ?? '';
    const word = /^#! *(?:\S*\/env (?:-\S+ +)*)?(?:\S*\/)?([a-z]+)[\d.]*(?:\s|$)/i.exec(first)?.[1];
    const types = word && isText(head) ? languageOf(word)?.types : undefined;
    return types?.split(' ')[0] || undefined;
  },

  async render(input, output) {
    const html = input.open ? undefined : await codeHtml(input);
    if (html === undefined) return textPage(input, output, { mode: 'text', limits: TEXT_LIMITS });
    await output.page(page({ title: input.title ?? input.name, style: STYLE, body: html }));
  },
} satisfies Format;

/** The body of the page of a small source file; undefined where it is too large, empty or no text. */
async function codeHtml(input: RenderInput): Promise<string | undefined> {
  const { head, tail, size } = readEnds(input.path, TEXT_LIMITS);
  if (tail.length > 0 || size === 0 || !isText(head)) return undefined;
  const { charset, note } = detectCharset(head);
  const text = showControls(decode(head, charset));
  const { createHighlighter: painter } = await import('../../shared/kit/code/highlight.ts');
  const { splitHtmlLines: htmlLines } = await import('../../shared/kit/code/lines.ts');
  const word = languageWord(input.type, text);
  const paint = await painter(word);
  if (!paint) return undefined;
  const lines = htmlLines(paint(text.replace(/\n$/, '')));
  const code = lines.map((line) => `<code>${line}\n</code>`).join('');
  if (code.length > HTML_LIMIT) return undefined;
  const facts = [languageOf(word)?.label, plural(lines.length, 'line'), ...(note ? [note] : [])].join(' · ');
  return `<div class="bar"><span class="note">${facts}</span><label><input type="checkbox" id="wrap" checked>Wrap</label></div>
<pre class="code" style="--digits:${String(lines.length).length}">${code}</pre>`;
}

/** `.m` is two languages: what begins with a comment or a function of MATLAB is not Objective-C. */
function languageWord(type: string, text: string): string {
  if (type !== 'm') return type;
  return /^\s*(?:#import|#include|@\w+|\/[/*])/.test(text) ? 'objectivec' : 'matlab';
}
