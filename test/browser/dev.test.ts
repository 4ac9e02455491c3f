/** The development commands, in a copy of the repository: saving a file updates the page without a manual reload. */
import { once } from 'node:events';
import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { root, start, tempDir, until } from '../support/wp.ts';
import { sharedBrowser } from './page-server.ts';

const clone = join(tempDir(), 'clone');

beforeAll(() => {
  for (const name of ['src', 'scripts', 'docs', 'clients', 'plugins', 'types', 'package.json', 'LICENSE'])
    cpSync(join(root, name), join(clone, name), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(clone, 'node_modules'));
});

function edit(name: string, from: string, to: string): void {
  const text = readFileSync(join(clone, name), 'utf8');
  expect(text).toContain(from);
  writeFileSync(join(clone, name), text.replace(from, to));
}

/** Starts a script of the clone and returns the first address that it prints. */
async function startScript(name: string, ...args: string[]): Promise<string> {
  const script = start(process.execPath, [join(clone, 'scripts', name), ...args], { dir: tempDir() });
  const address = () => /http:\/\/localhost:\d+\/\S*/.exec(script.stdout() + script.stderr())?.[0];
  await until(`the address of ${name}`, () => {
    if (script.child.exitCode !== null) throw new Error(`it exited: ${script.stderr()}`);
    return address() !== undefined;
  });
  return address() ?? '';
}

/** A port that is free now: the server has to come back on the same one. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

test('npm run dev restarts the server and reloads the viewer when a source file is saved', async () => {
  const url = await startScript('dev.mjs', '--http-port', String(await freePort()), '--xrender-port', '0');
  const page = await (await sharedBrowser()).newPage();
  try {
    await page.goto(url);
    await expect.poll(() => page.locator('#home').textContent()).toBe('webpipe');
    edit('src/web/viewer/index.html', '<a id="home">webpipe</a>', '<a id="home">edited</a>');
    await expect.poll(() => page.locator('#home').textContent()).toBe('edited');
  } finally {
    await page.close();
  }
});

test('npm run page renders a file again when the file or its format is saved', async () => {
  const file = join(tempDir(), 'film.srt');
  writeFileSync(file, '1\n00:00:01,000 --> 00:00:02,000\nbefore\n');
  const url = await startScript('page.mjs', file, '--port', '0');
  const page = await (await sharedBrowser()).newPage();
  try {
    await page.goto(url);
    const frame = page.frameLocator('iframe');
    await expect.poll(() => frame.locator('.cue').textContent()).toContain('before');
    writeFileSync(file, '1\n00:00:01,000 --> 00:00:02,000\nafter\n');
    await expect.poll(() => frame.locator('.cue').textContent()).toContain('after');
    edit('src/formats/subtitles/page.ts', 'placeholder="Filter cues"', 'placeholder="Edited"');
    await expect.poll(() => frame.locator('#find').getAttribute('placeholder')).toBe('Edited');
  } finally {
    await page.close();
  }
});
