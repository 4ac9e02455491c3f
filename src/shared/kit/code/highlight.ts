import hljs from 'highlight.js/lib/core';
import { escapeHtml } from '../page/shell.ts';
import { languageOf } from './languages.ts';

/** Grammars take their time over very long lines, and nobody reads what is in them. */
const MAX_LINE = 5000;

hljs.configure({ classPrefix: 'h-' });

/** Source text as HTML: escaped, its parts in spans with classes of `CODE_STYLE`. */
export type Highlighter = (text: string) => string;

/** How text of that language is painted; undefined where the language is not known. */
export async function createHighlighter(word: string): Promise<Highlighter | undefined> {
  const language = languageOf(word);
  if (!language) return undefined;
  await Promise.all([language.name, ...(language.inside ?? [])].map(register));
  return (text) => {
    if (longestLine(text) > MAX_LINE) return escapeHtml(text);
    return hljs.highlight(text, { language: language.name, ignoreIllegals: true }).value;
  };
}

async function register(name: string): Promise<void> {
  if (hljs.getLanguage(name)) return;
  const grammar = await languageOf(name)?.load();
  if (grammar) hljs.registerLanguage(name, grammar.default);
}

function longestLine(text: string): number {
  let longest = 0;
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf('\n', at);
    const next = end < 0 ? text.length : end;
    longest = Math.max(longest, next - at);
    at = next + 1;
  }
  return longest;
}
