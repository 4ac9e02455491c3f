import hljs from 'highlight.js/lib/core';
import { escapeHtml } from '../page/shell.ts';
import { languageOf } from './languages.ts';

/** Texts with longer lines are not highlighted: grammars are slow on them, and such lines are rarely read. */
const MAX_LINE = 5000;

hljs.configure({ classPrefix: 'h-' });

/** Turns source text into escaped HTML with tokens in spans; `CODE_STYLE` has the CSS of their classes. */
export type Highlighter = (text: string) => string;

/**
 * Loads the grammar of a language.
 * @param name a name, alias or file extension of the language
 * @returns undefined if the language is not known
 */
export async function createHighlighter(name: string): Promise<Highlighter | undefined> {
  const language = languageOf(name);
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
