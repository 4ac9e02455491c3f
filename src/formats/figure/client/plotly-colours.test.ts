import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { withPageColours } from './plotly-colours.ts';

const page = { fg: '#eee', dim: '#999', line: '#333' };
const python = join(import.meta.dirname, '../golden/plotly.json/template/input.plotly.json');
const { layout } = JSON.parse(readFileSync(python, 'utf8')) as { layout: Record<string, unknown> };
const text = (value: unknown): string => JSON.stringify(value).toLowerCase();

test('the default template of Plotly for Python stays in light mode and gets the page colours in dark mode', () => {
  expect(withPageColours(layout, page, false)).toBe(layout);
  const before = text(layout);
  const dark = withPageColours(layout, page, true);
  expect(dark).toMatchObject({
    title: layout.title,
    template: {
      layout: {
        paper_bgcolor: 'rgba(0,0,0,0)',
        font: { color: '#eee' },
        xaxis: { gridcolor: '#333', automargin: true },
      },
    },
  });
  expect(before).toContain('#2a3f5f');
  expect(text(dark)).not.toMatch(/#2a3f5f|#e5ecf6/);
  expect(text(dark)).toContain('#636efa');
  expect(text(layout)).toBe(before);
});

test('a figure without a template gets the page colours', () => {
  for (const own of [{}, { font: { size: 9 } }, { template: { data: { scatter: [{ type: 'scatter' }] } } }])
    expect(withPageColours(own, page, false)).toMatchObject({
      ...own,
      template: { layout: { paper_bgcolor: 'rgba(0,0,0,0)', font: { color: '#eee' }, yaxis: { gridcolor: '#333' } } },
    });
});

test.each([
  { paper_bgcolor: '#fff' },
  { font: { color: 'black' } },
  { template: { layout: { paper_bgcolor: 'rgb(17,17,17)' } } },
  { template: { layout: { paper_bgcolor: '#123' } } },
])('chosen colours are kept: %j', (own) => {
  expect(withPageColours(own, page, true)).toBe(own);
});

test.each(['#fff', '#FAFAFA', 'rgb(255, 255, 255)', 'White'])('%s is light paper', (colour) => {
  const own = { template: { layout: { paper_bgcolor: colour } } };
  expect(withPageColours(own, page, true)).not.toBe(own);
});
