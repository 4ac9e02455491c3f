import {
  type GeoContext,
  type GeoIdentityTransform,
  type GeoProjection,
  geoArea,
  geoAzimuthalEqualArea,
  geoBounds,
  geoEqualEarth,
  geoGraticule,
  geoIdentity,
  geoMercator,
  geoPath,
} from 'd3-geo';
import type { Feature, Geometry, Position } from 'geojson';
import { escapeHtml } from '../../shared/kit/page/shell.ts';

const WIDTH = 960;
const HEIGHT = 540;
const MARGIN = 12;
/** Points closer to each other than this, in pixels, are merged. */
const MIN_DISTANCE = 0.7;
/** The largest scale, pixels per radian. Features that would need a larger one are drawn as a single place. */
const MAX_SCALE = 1e8;
/** The longest path of a feature, characters. */
const MAX_PATH = 2_000_000;

export interface GeoMap {
  readonly svg: string;
  /** Description of the area: `10° E to 20° E, 40° N to 50° N`. */
  readonly area: string;
}

type Extent = readonly [west: number, south: number, east: number, north: number];

/** Draws features, each as a group, with meridians and parallels, in a projection that suits their area. */
export function drawMap(features: readonly Feature[], titleOf: (feature: Feature) => string): GeoMap {
  const isPlanar = features.some(({ geometry }) => !isGeographic(geometry));
  const rewoundFeatures = isPlanar
    ? features
    : features.map((feature) => ({ ...feature, geometry: rewind(feature.geometry) }));
  const collection = { type: 'FeatureCollection' as const, features: [...rewoundFeatures] };
  const [[west, south], [east, north]] = isPlanar ? EMPTY_BOUNDS : geoBounds(collection);
  const extent: Extent = [west, south, east, north];
  const { projection, isPoint } = fitProjection(collection, extent, isPlanar);
  const radius = features.length > 300 ? 2 : 4;
  const pen = createPen(radius);
  const path = geoPath(projection, pen.context).pointRadius(radius);
  const groups = rewoundFeatures.map((feature, i) => {
    path(feature);
    const line = /LineString/.test(feature.geometry.type) ? ' class="line"' : '';
    const style = styleOf(feature);
    return `<g data-i="${i}"${style}><title>${escapeHtml(titleOf(feature))}</title><path${line} d="${pen.take()}"/></g>`;
  });
  let globe = '';
  if (!isPlanar) {
    geoPath(projection, pen.context)(graticuleFor(extent, isPoint)());
    globe = `<path class="globe" d="${pen.take()}"/>`;
  }
  return {
    svg: `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img">${globe}${groups.join('')}</svg>`,
    area: isPlanar ? 'in coordinates that are not longitude and latitude' : areaText(extent, isPoint),
  };
}

const EMPTY_BOUNDS: [[number, number], [number, number]] = [
  [0, 0],
  [0, 0],
];

/** Degrees of longitude in an extent, which may cross the date line. */
function widthOf([west, , east]: Extent): number {
  return west <= east ? east - west : 360 + east - west;
}

/** Returns a projection in which the features fill the drawing. `isPoint`: they are all in one place. */
function fitProjection(
  features: { type: 'FeatureCollection'; features: Feature[] },
  extent: Extent,
  isPlanar: boolean,
): { projection: GeoProjection | GeoIdentityTransform; isPoint: boolean } {
  const [west, south] = extent;
  const projection: GeoProjection | GeoIdentityTransform = isPlanar
    ? geoIdentity().reflectY(true)
    : projectionFor(extent);
  projection.fitExtent(
    [
      [MARGIN, MARGIN],
      [WIDTH - MARGIN, HEIGHT - MARGIN],
    ],
    features,
  );
  if (projection.scale() < MAX_SCALE) return { projection, isPoint: false };
  if (isPlanar) {
    projection.scale(1).translate([0, 0]);
    const [x, y] = geoPath(projection).centroid(features);
    return { projection: projection.translate([WIDTH / 2 - x, HEIGHT / 2 - y]), isPoint: true };
  }
  const mercator = geoMercator()
    .rotate([-west, 0])
    .scale(3000)
    .translate([WIDTH / 2, HEIGHT / 2])
    .center([0, Math.max(-80, Math.min(80, south))]);
  return { projection: mercator, isPoint: true };
}

/** Meridians and parallels around the extent. If it is large or crosses the date line, those of the whole globe. */
function graticuleFor(extent: Extent, isPoint: boolean): ReturnType<typeof geoGraticule> {
  const [west, south, east, north] = extent;
  const width = widthOf(extent);
  const isRegional = width < 170 && west <= east;
  const step = Math.max(graticuleStep(isPoint ? 20 : Math.max(width, north - south)), isRegional ? 0 : 5);
  const pad = step * 4;
  const graticule = geoGraticule().step([step, step]);
  if (isRegional)
    graticule.extent([
      [Math.max(-180, floor(Math.min(west, west + width) - pad, step)), Math.max(-89, floor(south - pad, step))],
      [Math.min(180.1, west + width + pad), Math.min(89.1, north + pad)],
    ]);
  return graticule;
}

function areaText([west, south, east, north]: Extent, isPoint: boolean): string {
  if (isPoint) return `${degrees(west, 'E', 'W')} ${degrees(south, 'N', 'S')}`;
  const longitudes = `${degrees(west, 'E', 'W')} to ${degrees(east, 'E', 'W')}`;
  return `${longitudes}, ${degrees(south, 'N', 'S')} to ${degrees(north, 'N', 'S')}`;
}

function projectionFor(extent: Extent): GeoProjection {
  const [west, south, , north] = extent;
  const width = widthOf(extent);
  const longitude = west + width / 2;
  const latitude = (south + north) / 2;
  if (width > 150) return geoEqualEarth().rotate([width > 330 ? 0 : -longitude, 0]);
  if (Math.abs(latitude) > 65) return geoAzimuthalEqualArea().rotate([-longitude, -latitude]);
  // The poles are at infinity in Mercator's projection.
  if (north > 84 || south < -84) return geoEqualEarth().rotate([-longitude, 0]);
  return geoMercator().rotate([-longitude, 0]);
}

/** Distance between meridians, in degrees, so that about five are visible. */
function graticuleStep(extent: number): number {
  // Without an extent, any positive step can be used.
  if (!(extent > 1e-6)) return 5;
  const step = extent / 4;
  if (step > 10) return step > 25 ? 30 : 15;
  const power = 10 ** Math.floor(Math.log10(step));
  return power * (step / power >= 5 ? 5 : step / power >= 2 ? 2 : 1);
}

function floor(value: number, step: number): number {
  return Math.floor(value / step) * step;
}

function degrees(value: number, plus: string, minus: string): string {
  return `${Math.abs(value)
    .toFixed(2)
    .replace(/\.?0+$/, '')}° ${value < 0 ? minus : plus}`;
}

/** Writes SVG paths with one decimal, without points that are closer than `MIN_DISTANCE`. */
function createPen(radius: number): { context: GeoContext; take(): string } {
  let out = '';
  let last: [number, number] = [Number.NaN, Number.NaN];
  /** Whether a point is drawn: points far outside the drawing and points after the longest path are not. */
  const isDrawable = (x: number, y: number) => Math.abs(x) < 1e6 && Math.abs(y) < 1e6 && out.length < MAX_PATH;
  const pointText = (x: number, y: number) => `${+x.toFixed(1)},${+y.toFixed(1)}`;
  const context: GeoContext = {
    beginPath: () => {},
    moveTo: (x, y) => {
      if (!isDrawable(x, y)) return;
      out += `M${pointText(x, y)}`;
      last = [x, y];
    },
    lineTo: (x, y) => {
      if (!isDrawable(x, y)) return;
      if (Math.abs(x - last[0]) < MIN_DISTANCE && Math.abs(y - last[1]) < MIN_DISTANCE) return;
      out += `L${pointText(x, y)}`;
      last = [x, y];
    },
    arc: (x, y) => {
      if (!isDrawable(x, y)) return;
      out += `M${pointText(x - radius, y)}a${radius},${radius} 0 1,0 ${2 * radius},0a${radius},${radius} 0 1,0 ${-2 * radius},0`;
    },
    closePath: () => {
      out += 'Z';
    },
  };
  return {
    context,
    take: () => {
      const path = out;
      out = '';
      return path;
    },
  };
}

/** Colours of a feature in the simplestyle properties: https://github.com/mapbox/simplestyle-spec */
function styleOf({ properties }: Feature): string {
  const colour = (name: string) => {
    const value: unknown = properties?.[name];
    return typeof value === 'string' && /^#(?:[0-9a-f]{3}|[0-9a-f]{6})$/i.test(value) ? value : undefined;
  };
  const stroke = colour('stroke') ?? colour('marker-color');
  const fill = colour('fill') ?? colour('marker-color');
  const parts = [...(stroke ? [`--stroke:${stroke}`] : []), ...(fill ? [`--fill:${fill}`] : [])];
  return parts.length > 0 ? ` style="${parts.join(';')}"` : '';
}

function isGeographic(geometry: Geometry): boolean {
  if (geometry.type === 'GeometryCollection') return geometry.geometries.every(isGeographic);
  const isLongitudeLatitude = ([x = 0, y = 0]: Position) => Math.abs(x) <= 360 && Math.abs(y) <= 90.001;
  switch (geometry.type) {
    case 'Point':
      return isLongitudeLatitude(geometry.coordinates);
    case 'MultiPoint':
    case 'LineString':
      return geometry.coordinates.every(isLongitudeLatitude);
    case 'MultiLineString':
    case 'Polygon':
      return geometry.coordinates.flat().every(isLongitudeLatitude);
    case 'MultiPolygon':
      return geometry.coordinates.flat(2).every(isLongitudeLatitude);
    default:
      return true;
  }
}

/**
 * Reverses rings so that each encloses the smaller part of the globe. For d3-geo the inside of a ring depends on its
 * winding order, which GeoJSON files do not always respect.
 */
function rewind(geometry: Geometry): Geometry {
  const ring = (points: Position[], hole: boolean) => {
    const enclosesMost = geoArea({ type: 'Polygon', coordinates: [points] }) > 2 * Math.PI;
    return enclosesMost !== hole ? [...points].reverse() : points;
  };
  const rings = (all: Position[][]) => all.map((points, i) => ring(points, i > 0));
  if (geometry.type === 'Polygon') return { ...geometry, coordinates: rings(geometry.coordinates) };
  if (geometry.type === 'MultiPolygon') return { ...geometry, coordinates: geometry.coordinates.map(rings) };
  if (geometry.type === 'GeometryCollection') return { ...geometry, geometries: geometry.geometries.map(rewind) };
  return geometry;
}
