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
const EDGE = 12;
/** Points nearer to each other, in pixels, are one. */
const NEAR = 0.7;
/** Pixels for a radian, of which one is some centimetres: what needs more is one place. */
const LARGEST = 1e8;
/** A path longer than this ends. */
const LONGEST = 2_000_000;

export interface GeoMap {
  readonly svg: string;
  /** Where it is, in words. */
  readonly place: string;
}

/** Features as a map: a projection that suits where they are, the lines of the globe, and a group for each feature. */
export function drawMap(features: readonly Feature[], titleOf: (feature: Feature) => string): GeoMap {
  const flat = features.some(({ geometry }) => !onGlobe(geometry));
  const wound = flat ? features : features.map((feature) => ({ ...feature, geometry: rewound(feature.geometry) }));
  const all = { type: 'FeatureCollection' as const, features: [...wound] };
  const [[west, south], [east, north]] = flat
    ? [
        [0, 0],
        [0, 0],
      ]
    : geoBounds(all);
  const fit: [[number, number], [number, number]] = [
    [EDGE, EDGE],
    [WIDTH - EDGE, HEIGHT - EDGE],
  ];
  const width = west <= east ? east - west : 360 + east - west;
  let projection: GeoProjection | GeoIdentityTransform = flat
    ? geoIdentity().reflectY(true)
    : projectionOf(west + width / 2, south, north, width);
  projection.fitExtent(fit, all);
  // One place, perhaps several times, has no extent that could be fitted.
  const alone = !(projection.scale() < LARGEST);
  if (alone && flat) {
    projection.scale(1).translate([0, 0]);
    const [x, y] = geoPath(projection).centroid(all);
    projection.translate([WIDTH / 2 - x, HEIGHT / 2 - y]);
  } else if (alone) {
    const center: [number, number] = [0, Math.max(-80, Math.min(80, south))];
    projection = geoMercator()
      .rotate([-west, 0])
      .scale(3000)
      .translate([WIDTH / 2, HEIGHT / 2])
      .center(center);
  }
  const many = features.length > 300;
  const pen = createPen(many ? 2 : 4);
  const path = geoPath(projection, pen.context).pointRadius(many ? 2 : 4);
  const groups = wound.map((feature, i) => {
    path(feature);
    const line = /LineString/.test(feature.geometry.type) ? ' class="line"' : '';
    const style = styleOf(feature);
    return `<g data-i="${i}"${style}><title>${escapeHtml(titleOf(feature))}</title><path${line} d="${pen.take()}"/></g>`;
  });
  let globe = '';
  if (!flat) {
    // Where little of the globe is seen, little of it is drawn, unless that lies on both sides of the date line.
    const part = width < 170 && west <= east;
    const step = Math.max(stepOf(alone ? 20 : Math.max(width, north - south)), part ? 0 : 5);
    const pad = step * 4;
    const graticule = geoGraticule().step([step, step]);
    if (part)
      graticule.extent([
        [Math.max(-180, floor(Math.min(west, west + width) - pad, step)), Math.max(-89, floor(south - pad, step))],
        [Math.min(180.1, west + width + pad), Math.min(89.1, north + pad)],
      ]);
    geoPath(projection, pen.context)(graticule());
    globe = `<path class="globe" d="${pen.take()}"/>`;
  }
  return {
    svg: `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img">${globe}${groups.join('')}</svg>`,
    place: flat
      ? 'in coordinates that are not longitude and latitude'
      : alone
        ? `${degrees(west, 'E', 'W')} ${degrees(south, 'N', 'S')}`
        : `${degrees(west, 'E', 'W')} to ${degrees(east, 'E', 'W')}, ${degrees(south, 'N', 'S')} to ${degrees(north, 'N', 'S')}`,
  };
}

function projectionOf(longitude: number, south: number, north: number, width: number): GeoProjection {
  const latitude = (south + north) / 2;
  if (width > 150) return geoEqualEarth().rotate([width > 330 ? 0 : -longitude, 0]);
  if (Math.abs(latitude) > 65) return geoAzimuthalEqualArea().rotate([-longitude, -latitude]);
  // Mercator has no poles.
  if (north > 84 || south < -84) return geoEqualEarth().rotate([-longitude, 0]);
  return geoMercator().rotate([-longitude, 0]);
}

/** The distance of the lines of the globe, in degrees, so that there are some five, however little of it is seen. */
function stepOf(extent: number): number {
  // Where it has none, any will do but zero.
  if (!(extent > 1e-6)) return 5;
  const wanted = extent / 4;
  if (wanted > 10) return wanted > 25 ? 30 : 15;
  const power = 10 ** Math.floor(Math.log10(wanted));
  return power * (wanted / power >= 5 ? 5 : wanted / power >= 2 ? 2 : 1);
}

function floor(value: number, step: number): number {
  return Math.floor(value / step) * step;
}

function degrees(value: number, plus: string, minus: string): string {
  return `${Math.abs(value)
    .toFixed(2)
    .replace(/\.?0+$/, '')}° ${value < 0 ? minus : plus}`;
}

/** Writes paths with one digit behind the point, without what nobody could see. */
function createPen(radius: number): { context: GeoContext; take(): string } {
  let out = '';
  let last: [number, number] = [Number.NaN, Number.NaN];
  /** What lies far outside is cut off, and what comes to no end. */
  const drawable = (x: number, y: number) => Math.abs(x) < 1e6 && Math.abs(y) < 1e6 && out.length < LONGEST;
  const at = (x: number, y: number) => `${+x.toFixed(1)},${+y.toFixed(1)}`;
  const context: GeoContext = {
    beginPath: () => {},
    moveTo: (x, y) => {
      if (!drawable(x, y)) return;
      out += `M${at(x, y)}`;
      last = [x, y];
    },
    lineTo: (x, y) => {
      if (!drawable(x, y)) return;
      if (Math.abs(x - last[0]) < NEAR && Math.abs(y - last[1]) < NEAR) return;
      out += `L${at(x, y)}`;
      last = [x, y];
    },
    arc: (x, y) => {
      if (!drawable(x, y)) return;
      out += `M${at(x - radius, y)}a${radius},${radius} 0 1,0 ${2 * radius},0a${radius},${radius} 0 1,0 ${-2 * radius},0`;
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

/** The colours of a feature that has its own, as simplestyle writes them. */
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

function onGlobe(geometry: Geometry): boolean {
  if (geometry.type === 'GeometryCollection') return geometry.geometries.every(onGlobe);
  const good = ([x = 0, y = 0]: Position) => Math.abs(x) <= 360 && Math.abs(y) <= 90.001;
  switch (geometry.type) {
    case 'Point':
      return good(geometry.coordinates);
    case 'MultiPoint':
    case 'LineString':
      return geometry.coordinates.every(good);
    case 'MultiLineString':
    case 'Polygon':
      return geometry.coordinates.flat().every(good);
    case 'MultiPolygon':
      return geometry.coordinates.flat(2).every(good);
    default:
      return true;
  }
}

/** On a globe a ring has two insides: ours is the smaller, whichever way round it was written. */
function rewound(geometry: Geometry): Geometry {
  const ring = (points: Position[], hole: boolean) => {
    const large = geoArea({ type: 'Polygon', coordinates: [points] }) > 2 * Math.PI;
    return large !== hole ? [...points].reverse() : points;
  };
  const rings = (all: Position[][]) => all.map((points, i) => ring(points, i > 0));
  if (geometry.type === 'Polygon') return { ...geometry, coordinates: rings(geometry.coordinates) };
  if (geometry.type === 'MultiPolygon') return { ...geometry, coordinates: geometry.coordinates.map(rings) };
  if (geometry.type === 'GeometryCollection') return { ...geometry, geometries: geometry.geometries.map(rewound) };
  return geometry;
}
