/** A file's permission bits as ls(1) prints them, without the file type: `rw-r--r--`. */
export function formatMode(mode: number): string {
  return Array.from({ length: 9 }, (_, i) => (mode & (0o400 >> i) ? 'rwx'[i % 3] : '-')).join('');
}

/** A time as `2024-01-31 12:00:00 UTC`. */
export function formatTime(time: Date): string {
  return Number.isNaN(time.getTime()) ? '' : `${time.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
