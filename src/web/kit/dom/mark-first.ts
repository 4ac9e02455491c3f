import { anyCase } from '../../../shared/case.ts';

/** Wraps the first occurrence of `text` in `element`, ignoring case, in a `<mark>` and returns it. */
export function markFirst(element: HTMLElement, text: string): HTMLElement | undefined {
  const wanted = anyCase(text);
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const found = wanted.exec(node.nodeValue ?? '');
    if (!found) continue;
    const range = document.createRange();
    range.setStart(node, found.index);
    range.setEnd(node, found.index + found[0].length);
    const mark = document.createElement('mark');
    range.surroundContents(mark);
    return mark;
  }
  return undefined;
}
