import { readdir, readFile, readlink } from 'node:fs/promises';

/**
 * The id and name of the process that listens on a TCP port. Undefined if it is unknown: Linux shows a user only their own
 * processes, other systems none.
 */
export async function holderOf(port: number): Promise<{ pid: number; name: string } | undefined> {
  const hex = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const inodes = new Set<string>();
  for (const file of ['/proc/net/tcp', '/proc/net/tcp6']) {
    for (const row of (await readFile(file, 'latin1').catch(() => '')).split('\n').slice(1)) {
      const fields = row.trim().split(/\s+/);
      // State 0A is LISTEN; field 9 is the inode of the socket.
      if (fields[1]?.endsWith(hex) && fields[3] === '0A' && fields[9]) inodes.add(`socket:[${fields[9]}]`);
    }
  }
  if (inodes.size === 0) return undefined;
  for (const pid of (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name))) {
    for (const fd of await readdir(`/proc/${pid}/fd`).catch(() => [] as string[])) {
      if (!inodes.has(await readlink(`/proc/${pid}/fd/${fd}`).catch(() => ''))) continue;
      return { pid: Number(pid), name: (await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '?')).trim() };
    }
  }
  return undefined;
}
