import type { Feature, Geometry, Position } from 'geojson';
import type { JsonDocument, TreeRow } from '../../shared/kit/tree/json-document.ts';

/** What is drawn of a file at most: features, and points in them. */
const MOST_FEATURES = 2000;
const MOST_POINTS = 200_000;
/** A feature of more bytes is not read. */
const LARGEST = 2_000_000;
/** No system has coordinates as large as this. */
const FARTHEST = 1e9;

export interface Features {
  readonly features: readonly Feature[];
  /** How many there are in what was read, drawn or not. */
  readonly count: number;
  /** How many were left out because they are no features, or have no place. */
  readonly bad: number;
}

/**
 * The features of a GeoJSON text, also of a part of one: a feature is read by itself, so that one that is cut or broken
 * harms no other. Gives undefined for JSON that is no GeoJSON.
 */
export function featuresOf(document: JsonDocument): Features | undefined {
  const members = new Map(document.children(document.root, 0, 50).map((row) => [row.key, row]));
  const list = members.get('features');
  const rows = list?.kind === 'array' ? document.children(list, 0, MOST_FEATURES) : [document.root];
  if (list?.kind !== 'array' && !members.has('coordinates') && !members.has('geometry') && !members.has('geometries'))
    return undefined;
  const features: Feature[] = [];
  let bad = 0;
  let room = MOST_POINTS;
  for (const row of rows) {
    const feature = readFeature(document, row);
    const points = feature ? pointsIn(feature.geometry, 0) : 0;
    if (!feature || points === 0) {
      bad++;
      continue;
    }
    room -= points;
    if (room < 0) break;
    features.push(feature);
  }
  return { features, count: list?.kind === 'array' ? list.count : 1, bad };
}

function readFeature(document: JsonDocument, row: TreeRow): Feature | undefined {
  if (row.kind !== 'object' || row.isIncomplete || row.end - row.start > LARGEST) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(document.text(row, LARGEST));
  } catch {
    return undefined;
  }
  const made = record(value);
  if (!made) return undefined;
  const geometry = geometryOf(made.type === 'Feature' ? made.geometry : made, 0);
  return geometry && { type: 'Feature', geometry, properties: record(made.properties) ?? {} };
}

/** A geometry with only what is one by the format, or undefined. */
function geometryOf(value: unknown, depth: number): Geometry | undefined {
  const made = record(value);
  if (!made || depth > 8) return undefined;
  const { type, coordinates, geometries } = made;
  if (type === 'GeometryCollection') {
    const parts = Array.isArray(geometries) ? geometries.map((part) => geometryOf(part, depth + 1)) : [];
    return { type, geometries: parts.filter((part) => part !== undefined) };
  }
  const line = (points: unknown) => list(points, position);
  const polygon = (rings: unknown) => list(rings, line).filter((ring) => ring.length > 2);
  switch (type) {
    case 'Point': {
      const point = position(coordinates);
      return point && { type, coordinates: point };
    }
    case 'MultiPoint':
    case 'LineString':
      return { type, coordinates: line(coordinates) };
    case 'MultiLineString':
      return { type, coordinates: list(coordinates, line) };
    case 'Polygon':
      return { type, coordinates: polygon(coordinates) };
    case 'MultiPolygon':
      return { type, coordinates: list(coordinates, polygon).filter((part) => part.length > 0) };
    default:
      return undefined;
  }
}

function list<T>(value: unknown, read: (item: unknown) => T | undefined): T[] {
  return Array.isArray(value) ? value.map(read).filter((item) => item !== undefined) : [];
}

function position(value: unknown): Position | undefined {
  if (!Array.isArray(value)) return undefined;
  const [x, y]: unknown[] = value;
  const good = (n: unknown): n is number => typeof n === 'number' && Math.abs(n) < FARTHEST;
  return good(x) && good(y) ? [x, y] : undefined;
}

function record(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
}

function pointsIn(geometry: Geometry, depth: number): number {
  if (geometry.type === 'GeometryCollection')
    return geometry.geometries.reduce((sum, part) => sum + pointsIn(part, depth + 1), 0);
  if (geometry.type === 'Point') return 1;
  return geometry.coordinates.flat(3).length / 2;
}
