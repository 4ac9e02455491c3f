import { expect, test } from 'vitest';
import { sanitizeDrawing } from './sanitize-svg.ts';

test('only elements that Graphviz draws remain, and black becomes the text colour', () => {
  const { svg, needsLightBackground } = sanitizeDrawing(
    '<?xml version="1.0"?><?xml-stylesheet href="https://example.org/x.css"?><!DOCTYPE svg><svg width="9pt" viewBox="0 0 9 9" onload="alert(1)"><g class="node" id="zoom"><a xlink:href="javascript:alert(1)"><path d="M0,0" stroke="black" fill="none" style="fill:url(https://example.org/)"/></a><image xlink:href="/etc/passwd"/><script>alert(1)</script><foreignObject><p>x</p></foreignObject><use href="#x"/><text x="1" fill="black">a</text></g></svg>',
  );
  expect(svg).toBe(
    '<svg width="9pt" viewBox="0 0 9 9"><g class="node"><g><path d="M0,0" stroke="currentColor" fill="none"></path></g><text x="1" fill="currentColor">a</text></g></svg>',
  );
  expect(needsLightBackground).toBe(false);
});

test('a graph with filled areas needs a light background; coloured edges do not count', () => {
  const graph = (group: string) =>
    sanitizeDrawing(`<svg><g class="${group}"><polygon fill="red"/></g></svg>`).needsLightBackground;
  expect([graph('node'), graph('cluster'), graph('edge')]).toEqual([true, true, false]);
});

test.each([
  ['https://example.org/a?b=1&amp;c=2', '<a href="https://example.org/a?b=1&amp;c=2">'],
  ['HTTP://example.org', '<a href="HTTP://example.org">'],
  ['javascript:alert(1)', '<g>'],
  ['java\nscript:alert(1)', '<g>'],
  ['data:text/html,x', '<g>'],
  ['//example.org', '<g>'],
  ['#part', '<g>'],
  ['file.html', '<g>'],
])('a link to %s becomes %s', (url, tag) => {
  const { svg } = sanitizeDrawing(
    `<svg><g class="node"><g id="a_1"><a xlink:href="${url}" target="_top" onclick="x()"><text>t</text></a></g></g></svg>`,
  );
  expect(svg).toContain(`${tag}<text>t</text>`);
  expect(svg).not.toMatch(/target|onclick/);
});
