import { anyCase } from '../../../shared/case.ts';

/** Wraps the first occurrence of `text` in `element`, ignoring case, in a `<mark>` and returns it. */
export function markFirst(element: HTMLElement, text: string): HTMLElement | undefined {
  const pattern = anyCase(text);
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const match = pattern.exec(node.nodeValue ?? '');
    if (!match) continue;
    const range = document.createRange();
    range.setStart(node, match.index);
    range.setEnd(node, match.index + match[0].length);
    const mark = document.createElement('mark');
    range.surroundContents(mark);
    return mark;
  }
  return undefined;
}
