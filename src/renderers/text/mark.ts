/** Marks the first `text` in `element`, whatever its case, and gives the mark. */
export function markFirst(element: HTMLElement, text: string): HTMLElement | undefined {
  const wanted = text.toLowerCase();
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const at = (node.nodeValue ?? '').toLowerCase().indexOf(wanted);
    if (at < 0) continue;
    const range = document.createRange();
    range.setStart(node, at);
    // Small letters may be more than capitals.
    range.setEnd(node, Math.min(at + text.length, node.nodeValue?.length ?? 0));
    const mark = document.createElement('mark');
    range.surroundContents(mark);
    return mark;
  }
  return undefined;
}
