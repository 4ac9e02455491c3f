import type { Sample } from './shared/sample.ts';

/**
 * The samples in the JSON of `sadf -j`, `iostat -o JSON` and `mpstat -o JSON`: objects of numbers, in lists where there are
 * several, within `sysstat.hosts[].statistics[]`. What has another form gives none.
 */
export function samplesOfJson(json: unknown): Sample[] {
  const samples: Sample[] = [];
  for (const host of list(field(field(json, 'sysstat'), 'hosts'))) {
    const reports = list(field(host, 'statistics'));
    // What iostat says first sums up the time since the start.
    const iostat = 'avg-cpu' in object(reports[0]) || 'disk' in object(reports[0]) ? 0 : 1;
    reports.forEach((report, i) => {
      const tick = i + iostat;
      const time = timeOf(field(report, 'timestamp'));
      for (const [table, value] of Object.entries(object(report))) {
        if (table !== 'timestamp') collect(table, value, '', time, tick);
      }
    });
  }
  return samples;

  function collect(
    table: string,
    value: unknown,
    above: string,
    time: number | undefined,
    tick: number,
    depth = 0,
  ): void {
    if (depth > 5) return;
    if (Array.isArray(value)) {
      for (const one of value) collect(table, one, above, time, tick, depth + 1);
      return;
    }
    const entries = Object.entries(object(value));
    const numbers = entries.filter((entry): entry is [string, number] => typeof entry[1] === 'number');
    const key = entries.flatMap(([, text]) => (typeof text === 'string' ? [text] : [])).join(' ') || above;
    const values = numbers.map(([name, number]) => [columnOf(table, name), number] as const);
    if (values.length > 0) samples.push({ table: TABLES[table] ?? table, key, time, tick, values });
    for (const [name, inner] of entries) {
      if (typeof inner === 'object' && inner !== null) collect(name, inner, key, time, tick, depth + 1);
    }
  }
}

const TABLES: Readonly<Record<string, string>> = { 'cpu-load': 'cpu', 'avg-cpu': 'cpu', 'net-dev': 'network' };

/** What sar calls a column, which says its unit, of one that in JSON is named without it: `memfree` is in KiB. */
function columnOf(table: string, name: string): string {
  if (name.endsWith('-percent')) return `%${name.slice(0, -'-percent'.length)}`;
  if (table === 'memory') return `kb${name}`;
  return table === 'net-dev' ? `${name}/s` : name;
}

function timeOf(stamp: unknown): number | undefined {
  const text = typeof stamp === 'string' ? stamp : `${field(stamp, 'date')}T${field(stamp, 'time')}`;
  const match = /^(\d{4}-\d\d-\d\d)?T?(\d\d):(\d\d):(\d\d)/.exec(text);
  if (!match) return undefined;
  const midnight = match[1] ? Date.parse(`${match[1]}T00:00:00Z`) / 1000 : 0;
  return midnight + Number(match[2]) * 3600 + Number(match[3]) * 60 + Number(match[4]);
}

function field(value: unknown, name: string): unknown {
  return object(value)[name];
}

function object(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
