/** Only the owner can delete entries; holders of a token, pages of other origins and other users cannot. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { FeedEntry } from '../../src/shared/feed.ts';
import { readEntries } from '../support/disk.ts';
import { http } from '../support/viewer.ts';
import { type Server, wp } from '../support/wp.ts';
import { asNobody, isRoot, SECRET, startTestServer } from './support.ts';

let server: Server;
let ownerToken: string;
let entry: FeedEntry;
beforeAll(async () => {
  ({ server, token: ownerToken, entry } = await startTestServer());
});

/** Sends the requests for deletion and undo with other headers. @returns the status codes */
async function attempt(headers: Record<string, string>): Promise<number[]> {
  const path = `/api/scrolls/mine/entries/${entry.n}`;
  const requests = [
    ['DELETE', path],
    ['DELETE', `${path}?after=1`],
    ['DELETE', `/api/scrolls/current/entries/${entry.id}`],
    ['POST', `${path}/undelete`],
    ['POST', '/api/scrolls/mine/delete', JSON.stringify({ entries: [entry.n] })],
  ] as const;
  return Promise.all(
    requests.map(
      async ([method, url, body]) => (await http(server, url, { method, headers, ...(body && { body }) })).status,
    ),
  );
}

function expectUntouched(): void {
  expect(readEntries(server.dir, 'mine')[entry.n - 1]).not.toHaveProperty('deleted');
  expect(readFileSync(join(server.dir, 's/mine', entry.id, 'source/secret.txt'), 'utf8')).toBe(SECRET);
}

describe('an entry is not deleted', () => {
  test('without a token', async () => {
    expect(await attempt({})).toEqual([401, 401, 401, 401, 401]);
    expectUntouched();
  });

  test('with a token of wp token', async () => {
    const token = (await wp(['token'], { dir: server.dir })).stdout.trim();
    expect(await attempt({ Authorization: `Bearer ${token}` })).toEqual([401, 401, 401, 401, 401]);
    expectUntouched();
  });

  test.each([
    ['a page of another site', () => 'http://evil.example'],
    ['a page of another port', () => 'http://localhost:1'],
    ["an entry's page on its own host", () => `http://e${entry.id}.localhost:${server.httpPort}`],
    ['a sandboxed frame', () => 'null'],
  ])('by %s, even with the token of the viewer', async (_, origin) => {
    expect(await attempt({ Authorization: `Bearer ${ownerToken}`, Origin: origin() })).toEqual([
      403, 403, 403, 403, 403,
    ]);
    expectUntouched();
  });

  test("under a capability or an entry's host", async () => {
    const headers = { Authorization: `Bearer ${ownerToken}` };
    const path = `/c/${entry.cap}/s/mine/${entry.id}.html`;
    expect((await http(server, path, { method: 'DELETE', headers })).status).toBe(405);
    const host = `e${entry.id}.localhost:${server.httpPort}`;
    expect(await attempt({ ...headers, Host: host })).toEqual([404, 404, 404, 404, 404]);
    expectUntouched();
  });

  test.runIf(isRoot)('by another user of the machine', async () => {
    const url = `http://localhost:${server.httpPort}/api/scrolls/mine/entries/${entry.n}`;
    const { stdout } = await asNobody(server, 'curl', ['-s', '-X', 'DELETE', url]);
    expect(stdout).toContain('a token is needed');
    expectUntouched();
  });
});
