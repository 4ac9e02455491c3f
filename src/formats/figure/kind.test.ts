import { expect, test } from 'vitest';
import { openDocument } from '../../shared/kit/tree/json-document.ts';
import { figureKind } from './kind.ts';

const kindOf = (text: string, type = 'json', tail = '') =>
  figureKind(type, openDocument(new TextEncoder().encode(text), false), tail);

test.each([
  ['vega-lite', '{"mark":"bar","$schema":"https://vega.github.io/schema/vega-lite/v5.20.1.json"}'],
  ['vega', '{"$schema": "https://vega.github.io/schema/vega/v6.json","marks":[]}'],
  ['plotly', '{"data":[{"x":[1],"y":[2],"type":"scatter"}],"layout":{}}'],
  ['plotly', '{"data":[],"layout":{"title":{"text":"x"}}}'],
])('recognises %s by content', (kind, text) => {
  expect(kindOf(text)).toBe(kind);
});

test('recognises figures by type, whatever the content', () => {
  expect([kindOf('{}', 'vl.json'), kindOf('{}', 'plotly.json'), kindOf('[]', 'echarts.json')]).toEqual([
    'vega-lite',
    'plotly',
    'echarts',
  ]);
});

test('recognises a large file by its beginning and end', () => {
  const begin = '{"data":[{"type":"bar","x":[1,2,3';
  expect(kindOf(begin, 'json', '3,4]}],"layout":{"title":"x"}}')).toBe('plotly');
  expect(kindOf(begin, 'json', '3,4]}],"rows":{}}')).toBeUndefined();
  expect(
    kindOf('{"datasets":{"a":[1,2', 'json', '3]},"$schema":"https://vega.github.io/schema/vega-lite/v6.json"}'),
  ).toBe('vega-lite');
});

test('other JSON is not a figure', () => {
  for (const text of [
    '{}',
    '[]',
    '3',
    '{"data":[1,2],"layout":{}}',
    '{"data":[{"id":1}],"layout":{}}',
    '{"data":{"x":1},"layout":{}}',
    '{"data":[{"x":1}],"layout":"wide"}',
    '{"$schema":"https://json-schema.org/draft/2020-12/schema"}',
    '{"a":{"$schema":"https://vega.github.io/schema/vega/v6.json"}}',
    '{"$schema":["https://vega.github.io/schema/vega/v6.json"]}',
  ])
    expect(kindOf(text), text).toBeUndefined();
  expect(kindOf('{"data":[],"layout":{}}', 'geojson')).toBeUndefined();
});
