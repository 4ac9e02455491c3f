/** The unit of a column, according to the tools' manuals. Columns with the same unit share a chart. */
export function unitOf(table: string, column: string): string {
  if (column.startsWith('%') || ['cpu', 'cpu-load'].includes(table)) return '%';
  if (/[kK]B.*\/s$|[kK]B_(?:read|wrtn|dscd)\/s$/.test(column)) return 'KB/s';
  if (/MB.*\/s$/.test(column)) return 'MB/s';
  if (column.startsWith('MB_')) return 'MB';
  if (/await$|^svctm$/.test(column)) return 'ms';
  // Before sysstat 12 the size of requests was in sectors.
  if (column === 'avgrq-sz') return 'sectors';
  if (/^(?:aqu|avgqu|runq|plist)-sz$/.test(column)) return 'waiting';
  if (column.endsWith('areq-sz')) return 'KB';
  if (/^kb|^VSZ$|^RSS$|^Stk|^kB_/.test(column)) return 'KB';
  if (column.startsWith('ldavg')) return 'load';
  if (column.endsWith('/s') || /^[rw]?tps$/.test(column)) return 'per second';
  return (
    { memory: 'memory', swap: 'memory', blocks: 'blocks/s', system: 'per second', processes: 'processes' }[table] ??
    'number'
  );
}

/** Bytes per unit; undefined for other quantities than sizes. */
export function bytesOf(unit: string): number | undefined {
  return { memory: 1, KB: 1024, 'KB/s': 1024, MB: 1024 * 1024, 'MB/s': 1024 * 1024 }[unit];
}
