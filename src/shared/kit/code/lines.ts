/**
 * Splits HTML into lines that are well-formed by themselves: a span across a line end is closed and reopened.
 * @param separator matches the line ends, which are removed; `/(?<=\n)/` keeps them
 */
export function splitHtmlLines(html: string, separator = /\n/): string[] {
  const openTags: string[] = [];
  return html.split(separator).map((line) => {
    const before = openTags.join('');
    for (const [tag] of line.matchAll(/<\/?span[^>]*>/g)) {
      if (tag.startsWith('</')) openTags.pop();
      else openTags.push(tag);
    }
    return `${before}${line}${'</span>'.repeat(openTags.length)}`;
  });
}
