import type { Sample } from './shared/sample.ts';

/**
 * Reads samples from the JSON of `sadf -j`, `iostat -o JSON` and `mpstat -o JSON`: objects of numbers, or lists of them,
 * in `sysstat.hosts[].statistics[]`. Other JSON has no samples.
 */
export function samplesOfJson(json: unknown): Sample[] {
  const samples: Sample[] = [];
  for (const host of asArray(fieldOf(fieldOf(json, 'sysstat'), 'hosts'))) {
    const reports = asArray(fieldOf(host, 'statistics'));
    // The first report of iostat covers the time since boot.
    const firstTick = 'avg-cpu' in asObject(reports[0]) || 'disk' in asObject(reports[0]) ? 0 : 1;
    reports.forEach((report, i) => {
      const tick = i + firstTick;
      const time = timeOf(fieldOf(report, 'timestamp'));
      for (const [table, value] of Object.entries(asObject(report))) {
        if (table !== 'timestamp') collect(table, value, '', time, tick);
      }
    });
  }
  return samples;

  function collect(
    table: string,
    value: unknown,
    parentKey: string,
    time: number | undefined,
    tick: number,
    depth = 0,
  ): void {
    if (depth > 5) return;
    if (Array.isArray(value)) {
      for (const item of value) collect(table, item, parentKey, time, tick, depth + 1);
      return;
    }
    const entries = Object.entries(asObject(value));
    const numbers = entries.filter((entry): entry is [string, number] => typeof entry[1] === 'number');
    const key = entries.flatMap(([, text]) => (typeof text === 'string' ? [text] : [])).join(' ') || parentKey;
    const values = numbers.map(([name, number]) => [columnOf(table, name), number] as const);
    if (values.length > 0) samples.push({ table: TABLES[table] ?? table, key, time, tick, values });
    for (const [name, inner] of entries) {
      if (typeof inner === 'object' && inner !== null) collect(name, inner, key, time, tick, depth + 1);
    }
  }
}

const TABLES: Readonly<Record<string, string>> = { 'cpu-load': 'cpu', 'avg-cpu': 'cpu', 'net-dev': 'network' };

/** The name of a column in sar, which contains its unit; in JSON the unit is missing: `memfree` is in KiB. */
function columnOf(table: string, name: string): string {
  if (name.endsWith('-percent')) return `%${name.slice(0, -'-percent'.length)}`;
  if (table === 'memory') return `kb${name}`;
  return table === 'net-dev' ? `${name}/s` : name;
}

function timeOf(stamp: unknown): number | undefined {
  const text = typeof stamp === 'string' ? stamp : `${fieldOf(stamp, 'date')}T${fieldOf(stamp, 'time')}`;
  const match = /^(\d{4}-\d\d-\d\d)?T?(\d\d):(\d\d):(\d\d)/.exec(text);
  if (!match) return undefined;
  const midnight = match[1] ? Date.parse(`${match[1]}T00:00:00Z`) / 1000 : 0;
  return midnight + Number(match[2]) * 3600 + Number(match[3]) * 60 + Number(match[4]);
}

function fieldOf(value: unknown, name: string): unknown {
  return asObject(value)[name];
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function asArray(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
