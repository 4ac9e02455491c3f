import { readFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { endianness } from 'node:os';

/**
 * The user id of the process at the other end of a loopback TCP connection, from Linux's `/proc/net/tcp`. Undefined on other
 * systems, if the connection is not from this machine, or if its other end has been closed.
 */
export async function ownerOf(socket: Socket): Promise<number | undefined> {
  const { remoteAddress, remotePort, localAddress, localPort } = socket;
  if (process.platform !== 'linux' || !remoteAddress || !remotePort || !localAddress || !localPort) return undefined;
  for (const [file, hex] of [
    ['/proc/net/tcp', hexOfV4],
    ['/proc/net/tcp6', hexOfV6],
  ] as const) {
    const remote = hex(remoteAddress);
    const local = hex(localAddress);
    if (!remote || !local) continue;
    const table = await readFile(file, 'latin1').catch(() => '');
    const owner = ownerIn(table, `${remote}:${hexOfPort(remotePort)}`, `${local}:${hexOfPort(localPort)}`);
    if (owner !== undefined) return owner;
  }
  return undefined;
}

/**
 * The user id of the socket `local` that is connected to `remote`, in a table of the kernel. Both addresses must match: a
 * socket of another user may have the same address and port if it is connected to a different one. A closed socket has no
 * inode and always the user id 0, so it is ignored: otherwise a client that sends and closes at once would pass for root.
 */
export function ownerIn(table: string, local: string, remote: string): number | undefined {
  for (const row of table.split('\n').slice(1)) {
    const fields = row.trim().split(/\s+/);
    if (fields[1] === local && fields[2] === remote && Number(fields[9]) > 0) return Number(fields[7]);
  }
  return undefined;
}

function hexOfPort(port: number): string {
  return port.toString(16).toUpperCase().padStart(4, '0');
}

/** The kernel prints addresses as 32-bit words in the byte order of the machine. */
function hexOfWord(bytes: readonly number[]): string {
  const ordered = endianness() === 'LE' ? bytes.toReversed() : bytes;
  return ordered.map((byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join('');
}

function hexOfV4(address: string): string | undefined {
  const bytes = address
    .replace(/^::ffff:/, '')
    .split('.')
    .map(Number);
  return bytes.length === 4 && bytes.every((byte) => byte >= 0 && byte <= 255) ? hexOfWord(bytes) : undefined;
}

/** Supports the IPv6 addresses of loopback only: `::1`, and IPv4-mapped addresses of dual-stack sockets. */
function hexOfV6(address: string): string | undefined {
  const zero = '0'.repeat(16);
  if (address === '::1') return `${zero}${'0'.repeat(8)}${hexOfWord([0, 0, 0, 1])}`;
  const v4 = hexOfV4(address);
  return v4 && `${zero}${hexOfWord([0, 0, 255, 255])}${v4}`;
}

/** Whether the other end of a loopback TCP connection belongs to the user this process runs as. */
export async function isSameUser(socket: Socket): Promise<boolean> {
  const owner = await ownerOf(socket);
  return owner !== undefined && owner === process.getuid?.();
}
