import { readFile } from 'node:fs/promises';
import type { Socket } from 'node:net';

/**
 * The user id of the process at the other end of a loopback TCP connection, as Linux tells in `/proc/net/tcp` (column
 * `uid`; addresses are hexadecimal, each 32-bit word in the machine's byte order). Undefined where the system does
 * not say so, or the connection is not from this machine.
 */
export async function ownerOf(socket: Socket): Promise<number | undefined> {
  if (process.platform !== 'linux' || !socket.remoteAddress || !socket.remotePort || !socket.localPort)
    return undefined;
  const port = (number: number) => number.toString(16).toUpperCase().padStart(4, '0');
  const theirs = `:${port(socket.remotePort)}`;
  const ours = `:${port(socket.localPort)}`;
  const v4 = hexOfV4(socket.remoteAddress.replace(/^::ffff:/, ''));
  for (const [file, address] of [
    ['/proc/net/tcp', v4],
    [
      '/proc/net/tcp6',
      v4
        ? `0000000000000000FFFF0000${v4}`
        : socket.remoteAddress === '::1'
          ? '00000000000000000000000001000000'
          : undefined,
    ],
  ] as const) {
    if (!address) continue;
    const table = await readFile(file, 'latin1').catch(() => '');
    for (const row of table.split('\n').slice(1)) {
      const [, local, remote, , , , , uid] = row.trim().split(/\s+/);
      if (local === address + theirs && remote?.endsWith(ours)) return Number(uid);
    }
  }
  return undefined;
}

function hexOfV4(address: string): string | undefined {
  const bytes = address.split('.').map(Number);
  if (bytes.length !== 4 || bytes.some((byte) => !(byte >= 0 && byte <= 255))) return undefined;
  return bytes
    .reverse()
    .map((byte) => byte.toString(16).toUpperCase().padStart(2, '0'))
    .join('');
}

/** Whether the other end of a loopback TCP connection belongs to the user this process runs as. */
export async function isSameUser(socket: Socket): Promise<boolean> {
  const owner = await ownerOf(socket);
  return owner !== undefined && owner === process.getuid?.();
}
