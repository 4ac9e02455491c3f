import type { Feature, Geometry, Position } from 'geojson';
import type { JsonDocument, TreeRow } from '../../shared/kit/tree/json-document.ts';

/** The largest number of features and of points that are drawn. */
const MAX_FEATURES = 2000;
const MAX_POINTS = 200_000;
/** Largest feature that is read, bytes. */
const MAX_FEATURE_BYTES = 2_000_000;
/** Larger coordinates are invalid in any reference system. */
const MAX_COORDINATE = 1e9;

export interface Features {
  readonly features: readonly Feature[];
  /** Number of features in the part that was read, including those not drawn. */
  readonly count: number;
  /** Number of items that are not features or have no coordinates. */
  readonly invalid: number;
}

/**
 * Reads the features of a GeoJSON text or of its beginning. Each feature is parsed separately, so that an incomplete or
 * invalid one does not affect the others. Returns undefined for other JSON.
 */
export function featuresOf(document: JsonDocument): Features | undefined {
  const members = new Map(document.children(document.root, 0, 50).map((row) => [row.key, row]));
  const list = members.get('features');
  const rows = list?.kind === 'array' ? document.children(list, 0, MAX_FEATURES) : [document.root];
  if (list?.kind !== 'array' && !members.has('coordinates') && !members.has('geometry') && !members.has('geometries'))
    return undefined;
  const features: Feature[] = [];
  let invalid = 0;
  let remainingPoints = MAX_POINTS;
  for (const row of rows) {
    const feature = readFeature(document, row);
    const points = feature ? countPoints(feature.geometry, 0) : 0;
    if (!feature || points === 0) {
      invalid++;
      continue;
    }
    remainingPoints -= points;
    if (remainingPoints < 0) break;
    features.push(feature);
  }
  return { features, count: list?.kind === 'array' ? list.count : 1, invalid };
}

function readFeature(document: JsonDocument, row: TreeRow): Feature | undefined {
  if (row.kind !== 'object' || row.isIncomplete || row.end - row.start > MAX_FEATURE_BYTES) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(document.text(row, MAX_FEATURE_BYTES));
  } catch {
    return undefined;
  }
  const object = asObject(value);
  if (!object) return undefined;
  const geometry = geometryOf(object.type === 'Feature' ? object.geometry : object, 0);
  return geometry && { type: 'Feature', geometry, properties: asObject(object.properties) ?? {} };
}

/** A geometry with its invalid parts removed, or undefined. */
function geometryOf(value: unknown, depth: number): Geometry | undefined {
  const object = asObject(value);
  if (!object || depth > 8) return undefined;
  const { type, coordinates, geometries } = object;
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
  const isCoordinate = (n: unknown): n is number => typeof n === 'number' && Math.abs(n) < MAX_COORDINATE;
  return isCoordinate(x) && isCoordinate(y) ? [x, y] : undefined;
}

function asObject(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
}

function countPoints(geometry: Geometry, depth: number): number {
  if (geometry.type === 'GeometryCollection')
    return geometry.geometries.reduce((sum, part) => sum + countPoints(part, depth + 1), 0);
  if (geometry.type === 'Point') return 1;
  return geometry.coordinates.flat(3).length / 2;
}
