import { expect, test } from 'vitest';
import { ownerIn } from './peer.ts';

const row = (local: string, remote: string, uid: number, inode: number) =>
  `   1: ${local} ${remote} 01 00000000:00000000 00:00000000 00000000 ${uid} 0 ${inode} 1 0000000000000000 20 4 30 10 -1`;
const table = (...rows: string[]) => ['  sl  local_address rem_address   st', ...rows, ''].join('\n');

const CLIENT = '0100007F:D178';
const SERVER = '0100007F:231C';

test('the owner is that of the socket at the other end', () => {
  expect(ownerIn(table(row(SERVER, CLIENT, 0, 7), row(CLIENT, SERVER, 1000, 8)), CLIENT, SERVER)).toBe(1000);
});

test('a closed socket has no owner, in particular not root', () => {
  expect(ownerIn(table(row(CLIENT, SERVER, 0, 0)), CLIENT, SERVER)).toBeUndefined();
});

test('a socket with the same address that is connected to a different peer is ignored', () => {
  const otherPeer = row(CLIENT, '0200007F:231C', 1000, 9);
  expect(ownerIn(table(otherPeer), CLIENT, SERVER)).toBeUndefined();
  expect(ownerIn(table(otherPeer, row(CLIENT, SERVER, 1001, 10)), CLIENT, SERVER)).toBe(1001);
});
