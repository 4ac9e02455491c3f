import { languageOf } from '../../../shared/kit/code/languages.ts';
import { splitHtmlLines } from '../../../shared/kit/code/lines.ts';
import { showControls } from '../../../shared/kit/text/charset.ts';
import type { PaintLines } from './html.ts';

/** Returns the function that adds syntax colours to lines of a file, or undefined if its extension is not known. */
export async function paintFor(name: string): Promise<PaintLines | undefined> {
  const base = name.split(/[/\\]/).pop() ?? '';
  const extension = base.split('.').pop() ?? '';
  if (!languageOf(extension)) return undefined;
  const { createHighlighter } = await import('../../../shared/kit/code/highlight.ts');
  const highlight = await createHighlighter(extension);
  return (
    highlight &&
    ((lines) => splitHtmlLines(highlight(lines.map((line) => showControls(line).replace(/\n/g, ' ')).join('\n'))))
  );
}
