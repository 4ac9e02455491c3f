import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { withPageColours } from './plotly-colours.ts';

const page = { fg: '#eee', dim: '#999', line: '#333' };
const pythonFigure = join(import.meta.dirname, '../golden/plotly.json/template/input.plotly.json');
const { layout } = JSON.parse(readFileSync(pythonFigure, 'utf8')) as { layout: Record<string, unknown> };
const lowerCaseJson = (value: unknown): string => JSON.stringify(value).toLowerCase();

test('the default template of Plotly for Python stays in light mode and gets the page colours in dark mode', () => {
  expect(withPageColours(layout, page, false)).toBe(layout);
  const before = lowerCaseJson(layout);
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
  expect(lowerCaseJson(dark)).not.toMatch(/#2a3f5f|#e5ecf6/);
  expect(lowerCaseJson(dark)).toContain('#636efa');
  expect(lowerCaseJson(layout)).toBe(before);
});

test('a figure without a template gets the page colours', () => {
  for (const layoutWithoutColours of [
    {},
    { font: { size: 9 } },
    { template: { data: { scatter: [{ type: 'scatter' }] } } },
  ])
    expect(withPageColours(layoutWithoutColours, page, false)).toMatchObject({
      ...layoutWithoutColours,
      template: { layout: { paper_bgcolor: 'rgba(0,0,0,0)', font: { color: '#eee' }, yaxis: { gridcolor: '#333' } } },
    });
});

test.each([
  { paper_bgcolor: '#fff' },
  { font: { color: 'black' } },
  { template: { layout: { paper_bgcolor: 'rgb(17,17,17)' } } },
  { template: { layout: { paper_bgcolor: '#123' } } },
])('colours that the figure sets are kept: %j', (layoutWithColours) => {
  expect(withPageColours(layoutWithColours, page, true)).toBe(layoutWithColours);
});

test.each(['#fff', '#FAFAFA', 'rgb(255, 255, 255)', 'White'])(
  'a background of %s is light and is replaced',
  (colour) => {
    const lightLayout = { template: { layout: { paper_bgcolor: colour } } };
    expect(withPageColours(lightLayout, page, true)).not.toBe(lightLayout);
  },
);
