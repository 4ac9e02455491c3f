import { CODE_STYLE } from '../../node/kit/code/highlight-style.ts';
import { readEnds } from '../../node/kit/text/file-ends.ts';
import { TEXT_LIMITS, textPage } from '../../node/kit/text/text-page.ts';
import type { Format, RenderInput } from '../../shared/format.ts';
import { CODE_TYPES, languageOf } from '../../shared/kit/code/languages.ts';
import { page } from '../../shared/kit/page/shell.ts';
import { decode, detectCharset, isText, showControls } from '../../shared/kit/text/charset.ts';
import { plural } from '../../shared/kit/text/numbers.ts';

/** The largest HTML of highlighted source, characters. Source that needs more is shown as plain text. */
const HTML_LIMIT = 200 * 1024;

const STYLE = `${CODE_STYLE}
.bar label{flex:none;font-size:12.5px;color:var(--dim)}.bar input{margin:0 4px 0 0;vertical-align:-2px}
.code{counter-reset:line}.code code{display:block;position:relative;padding-left:calc(var(--digits)*1ch + 2ch)}
.code code::before{counter-increment:line;content:counter(line);position:absolute;left:0;width:calc(var(--digits)*1ch);text-align:right;color:var(--dim);opacity:.75}
.code code:hover{background:var(--soft)}body:has(#wrap:not(:checked)) .code{white-space:pre;overflow-x:auto}body:has(#wrap:not(:checked)) .code code{width:max-content;min-width:100%}`;

export default {
  name: 'code',
  about: 'Source code with syntax colours and numbered lines; large and growing files as plain text',
  types: CODE_TYPES,
  searchText: 'source',
  preview: true,
  live: true,

  // Recognises scripts by their interpreter line: `#!/bin/sh -e`, `#!/usr/bin/env python3`.
  sniff(head) {
    const first = new TextDecoder('latin1').decode(head.subarray(0, 256)).split('\n')[0] ?? '';
    const interpreter = /^#! *(?:\S*\/env (?:-\S+ +)*)?(?:\S*\/)?([a-z]+)[\d.]*(?:\s|$)/i.exec(first)?.[1];
    const types = interpreter && isText(head) ? languageOf(interpreter)?.types : undefined;
    return types?.split(' ')[0] || undefined;
  },

  async render(input, output) {
    const html = input.open ? undefined : await codeHtml(input);
    if (html === undefined) return textPage(input, output, { mode: 'text', limits: TEXT_LIMITS });
    await output.page(page({ title: input.title ?? input.name, style: STYLE, body: html }));
  },
} satisfies Format;

/** Returns the body of the page, or undefined if the file is too large, empty or not text. */
async function codeHtml(input: RenderInput): Promise<string | undefined> {
  const { head, tail, size } = readEnds(input.path, TEXT_LIMITS);
  if (tail.length > 0 || size === 0 || !isText(head)) return undefined;
  const { charset, note } = detectCharset(head);
  const text = showControls(decode(head, charset));
  const { createHighlighter } = await import('../../shared/kit/code/highlight.ts');
  const { splitHtmlLines } = await import('../../shared/kit/code/lines.ts');
  const language = languageFor(input.type, text);
  const highlight = await createHighlighter(language);
  if (!highlight) return undefined;
  const lines = splitHtmlLines(highlight(text.replace(/\n$/, '')));
  const code = lines.map((line) => `<code>${line}\n</code>`).join('');
  if (code.length > HTML_LIMIT) return undefined;
  const facts = [languageOf(language)?.label, plural(lines.length, 'line'), ...(note ? [note] : [])].join(' · ');
  return `<div class="bar"><span class="note">${facts}</span><label><input type="checkbox" id="wrap" checked>Wrap</label></div>
<pre class="code" style="--digits:${String(lines.length).length}">${code}</pre>`;
}

/** Objective-C and MATLAB both use `.m`; the first line shows which language it is. */
function languageFor(type: string, text: string): string {
  if (type !== 'm') return type;
  return /^\s*(?:#import|#include|@\w+|\/[/*])/.test(text) ? 'objectivec' : 'matlab';
}
