import { expect, test } from 'vitest';
import { removeUnsafeOptions, wrapTitles } from './echarts-options.ts';

test('options that load, link or write HTML are removed at any depth', () => {
  const option = {
    title: { text: 'x', link: 'javascript:alert(1)', sublink: 'https://example.org' },
    tooltip: { formatter: '<b>{b}</b>', extraCssText: 'x', className: 'y' },
    toolbox: { feature: { dataView: {}, saveAsImage: {} } },
    graphic: [{ type: 'image', style: { image: 'https://example.org/x.png' } }],
    series: [
      { type: 'scatter', symbol: 'image://https://example.org/x.png', data: [{ value: 1, symbol: ' IMAGE://x' }] },
      { type: 'graph', links: [{ source: 'a', target: 'b' }] },
      { type: 'scatter', symbol: 'image://data:image/png;base64,AAAA' },
    ],
    baseOption: { tooltip: [{ show: true }] },
    options: [{ tooltip: { show: true } }],
    media: [{ option: { tooltip: {} } }],
  };
  expect(removeUnsafeOptions(option)).toEqual(['external pictures are not loaded']);
  expect(option).toEqual({
    title: { text: 'x' },
    tooltip: { formatter: '<b>{b}</b>', renderMode: 'richText' },
    toolbox: { feature: { saveAsImage: {} } },
    graphic: [{ type: 'image', style: {} }],
    series: [
      { type: 'scatter', data: [{ value: 1 }] },
      { type: 'graph', links: [{ source: 'a', target: 'b' }] },
      { type: 'scatter', symbol: 'image://data:image/png;base64,AAAA' },
    ],
    baseOption: { tooltip: [{ show: true, renderMode: 'richText' }] },
    options: [{ tooltip: { show: true, renderMode: 'richText' } }],
    media: [{ option: { tooltip: { renderMode: 'richText' } } }],
  });
});

test('nesting that is too deep throws', () => {
  let deep: Record<string, unknown> = {};
  for (let i = 0; i < 1000; i++) deep = { deep };
  expect(() => removeUnsafeOptions(deep)).toThrow('nested');
});

test('titles wrap unless they set a width', () => {
  expect(wrapTitles({ text: 'x', textStyle: { color: 'red', fontSize: 20 } }, 300)).toEqual([
    { text: 'x', textStyle: { width: 300, overflow: 'break', lineHeight: 26, color: 'red', fontSize: 20 } },
  ]);
  expect(wrapTitles([{ text: 'x', textStyle: { width: 90 } }], 300)[0]?.textStyle).toMatchObject({ width: 90 });
  expect(wrapTitles(undefined, 300)).toEqual([]);
});
