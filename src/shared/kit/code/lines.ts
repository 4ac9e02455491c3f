/**
 * HTML as lines, each whole by itself: a span that goes over a line's end is closed there and opened again.
 * @param end where it is cut: at line ends, which are left out, or `/(?<=\n)/`, behind them
 */
export function splitHtmlLines(html: string, end = /\n/): string[] {
  const open: string[] = [];
  return html.split(end).map((line) => {
    const before = open.join('');
    for (const [tag] of line.matchAll(/<\/?span[^>]*>/g)) {
      if (tag.startsWith('</')) open.pop();
      else open.push(tag);
    }
    return `${before}${line}${'</span>'.repeat(open.length)}`;
  });
}
