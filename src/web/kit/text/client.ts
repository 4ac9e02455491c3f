/** The script of large and growing texts, terminal output and hex dumps: loads the rest of the file on demand. */

import { type Charset, textHtml } from '../../../shared/kit/text/charset.ts';
import { logHighlighter } from '../../../shared/kit/text/log-html.ts';
import { type ViewModeName, viewMode } from '../../../shared/kit/text/view-mode.ts';
import { elementById } from '../dom/element.ts';
import { follow } from './follow.ts';
import { LargeFile } from './large-file.ts';

const data = document.body.dataset;
const url = new URL(data.source ?? '', document.baseURI).href;
const charset = (data.charset ?? 'utf-8') as Charset;

if (data.open) {
  const paint = data.mode === 'log' ? logHighlighter() : textHtml;
  follow({ url, from: Number(data.from), end: Number(data.end), charset, ansi: data.mode === 'ansi', paint });
} else if (elementById('ends')) {
  const mode = viewMode((data.mode ?? 'text') as ViewModeName, charset);
  const [size, head, tail] = [Number(data.size), Number(data.head), Number(data.tail)];
  new LargeFile({ url, size, charset, mode, head, tail }).listen();
}
