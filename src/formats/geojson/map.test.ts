import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openJson } from '../../shared/kit/tree/open-json.ts';
import { featuresOf } from './features.ts';
import { drawMap } from './map.ts';
import { tableHtml, titleOf } from './table.ts';

const read = (text: string) => featuresOf(openJson(new TextEncoder().encode(text), false).document);
const draw = (text: string) => drawMap(read(text)?.features ?? [], titleOf);

test('reads features and a single geometry; other JSON is rejected', () => {
  expect(read('{"type":"Point","coordinates":[1,2]}')).toMatchObject({ count: 1, invalid: 0 });
  expect(
    read('{"type":"FeatureCollection","features":[{"geometry":null},{"type":"Point","coordinates":[1,"2"]},3]}'),
  ).toEqual({
    features: [],
    count: 3,
    invalid: 3,
  });
  expect(read('{"a":1}')).toBeUndefined();
  expect(read('[1]')).toBeUndefined();
});

test('a ring encloses the smaller part of the globe, in either winding order', () => {
  const ring = [
    [10, 40],
    [20, 40],
    [20, 50],
    [10, 50],
    [10, 40],
  ];
  const drawPolygon = (points: number[][]) => draw(JSON.stringify({ type: 'Polygon', coordinates: [points] }));
  expect(drawPolygon(ring).area).toBe(drawPolygon([...ring].reverse()).area);
  expect(drawPolygon(ring).area).toContain('10° E to 20° E');
});

test('projected coordinates are drawn on a plane', () => {
  expect(draw('{"type":"LineString","coordinates":[[500000,5800000],[510000,5810000]]}').area).toContain(
    'not longitude',
  );
});

test('draws a single point, and points on both sides of the date line', () => {
  expect(draw('{"type":"Point","coordinates":[13.4,52.5]}').svg).toContain('M476,270a4,4');
  const { area } = draw('{"type":"MultiPoint","coordinates":[[179,-17],[-179,-18]]}');
  expect(area).toContain('179° E to 179° W');
});

test('points closer than a pixel are merged', () => {
  const line = Array.from({ length: 50_000 }, (_, i) => [i / 1000, Math.sin(i / 5000)]);
  expect(draw(JSON.stringify({ type: 'LineString', coordinates: line })).svg.length).toBeLessThan(40_000);
});

test('properties are escaped', () => {
  const features =
    read('{"type":"Feature","properties":{"<b>":"</td><script>"},"geometry":{"type":"Point","coordinates":[1,2]}}')
      ?.features ?? [];
  expect(tableHtml(features) + drawMap(features, titleOf).svg).not.toMatch(/<script|<b>/);
});

test('no geometry puts NaN or Infinity into the map', () => {
  const number = fc.oneof(
    fc.double({ min: -180, max: 180, noNaN: true }),
    fc.constantFrom(0, 90, -90, 180, -180, 1e300, 360),
  );
  const position = fc.tuple(number, number);
  const line = fc.array(position, { maxLength: 8 });
  const geometry = fc.oneof(
    fc.record({ type: fc.constant('Point'), coordinates: position }),
    fc.record({ type: fc.constantFrom('LineString', 'MultiPoint'), coordinates: line }),
    fc.record({ type: fc.constant('Polygon'), coordinates: fc.array(line, { maxLength: 3 }) }),
  );
  fc.assert(
    fc.property(fc.array(geometry, { maxLength: 4 }), (geometries) => {
      const found = read(JSON.stringify({ type: 'FeatureCollection', features: geometries }));
      if (!found || found.features.length === 0) return;
      expect(drawMap(found.features, titleOf).svg).not.toMatch(/NaN|Infinity/);
    }),
    { numRuns: 300 },
  );
});
