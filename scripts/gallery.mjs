/**
 * Draws docs/gallery.md: `npm run gallery` shows each file that examples/gallery.json names in a webpipe of its own, takes
 * its picture in Chromium, and writes the pictures to docs/gallery/. `npm run gallery -- NAME…` takes only the pictures
 * of these files anew.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const root = fileURLToPath(new URL('..', import.meta.url));
const wp = join(root, 'wp');
const [size, tallest] = [{ width: 900, height: 900 }, 640];

const sections = JSON.parse(await readFile(join(root, 'examples/gallery.json'), 'utf8'));
const wanted = process.argv.slice(2);
const all = sections.flatMap(({ examples }) => examples);
const unknown = wanted.filter((name) => !all.some(({ file }) => file === name));
if (unknown.length > 0) throw new Error(`gallery: examples/gallery.json does not name ${unknown.join(', ')}`);

const dir = await mkdtemp(join(tmpdir(), 'wp-gallery-'));
const env = { ...process.env, WEBPIPE_DIR: dir };
const server = spawn(wp, ['run', 'gallery', '--no-open', '--http-port', '0', '--xrender-port', '0'], {
  env,
  stdio: ['ignore', 'pipe', 'inherit'],
});
const link = String(await once(server.stdout, 'data')).split('\n')[0];
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
});
try {
  const page = await browser.newPage({ viewport: size, colorScheme: 'light' });
  await page.goto(link);
  await mkdir(join(root, 'docs/gallery'), { recursive: true });
  let n = 0;
  for (const { file, stdin, type } of all) {
    if (wanted.length > 0 && !wanted.includes(file)) continue;
    const path = join(root, 'examples', file);
    const args = ['show', ...(type ? ['--type', type] : []), ...(stdin ? [] : [path])];
    const show = spawn(wp, args, { env, stdio: [stdin ? 'pipe' : 'ignore', 'ignore', 'inherit'] });
    if (stdin) createReadStream(path).pipe(show.stdin);
    const [status] = await once(show, 'exit');
    if (status !== 0) throw new Error(`gallery: wp show ${file} ended with ${status}`);
    n += 1;
    const article = page.locator(`article[data-n="${n}"]`);
    await article.locator('iframe.there').waitFor();
    await article.scrollIntoViewIfNeeded();
    // A page draws on when it is there: a picture, a table, a graph.
    await sleep(2000);
    const { x, y, width, height } = await article.boundingBox();
    const clip = { x, y, width, height: Math.min(height, tallest) };
    await page.screenshot({ path: join(root, pictureOf(file)), type: 'jpeg', quality: 80, clip });
    process.stderr.write(`gallery: ${file}\n`);
  }
} finally {
  await browser.close();
  server.kill('SIGTERM');
  await once(server, 'exit');
  await rm(dir, { recursive: true, force: true });
}

const text = sections
  .map(({ title, examples }) => {
    const each = examples.map(({ file, about, command }) => {
      const picture = pictureOf(file).replace('docs/', '');
      return `**${about}**\n\n    ${command ?? `wp show ${file}`}\n\n![${about}](${picture})\n`;
    });
    return `## ${title}\n\n${each.join('\n')}`;
  })
  .join('\n');
await writeFile(
  join(root, 'docs/gallery.md'),
  `# Gallery\n\nWhat \`wp show\` makes of what people have in a terminal. Made by \`npm run gallery\` from the files in\n[examples/](../examples/).\n\n${text}`,
);

/** Where the picture of an example lies in the repository. */
function pictureOf(file) {
  return `docs/gallery/${file.replaceAll('/', '-')}.jpg`;
}
