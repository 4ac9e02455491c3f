/**
 * `npm run gallery` makes docs/gallery.md: it shows each file named in examples/gallery.json in a server of its own, takes
 * a screenshot of the entry with Chromium, and writes the screenshots to docs/gallery/. `npm run gallery -- NAME…` takes
 * only the screenshots of these files.
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
const viewport = { width: 900, height: 900 };
/** The largest height of a screenshot, pixels. */
const MAX_HEIGHT = 640;

const sections = JSON.parse(await readFile(join(root, 'examples/gallery.json'), 'utf8'));
const selected = process.argv.slice(2);
const all = sections.flatMap(({ examples }) => examples);
const unknown = selected.filter((name) => !all.some(({ file }) => file === name));
if (unknown.length > 0) throw new Error(`gallery: examples/gallery.json does not name ${unknown.join(', ')}`);

const dir = await mkdtemp(join(tmpdir(), 'wp-gallery-'));
const env = { ...process.env, WEBPIPE_DIR: dir };
const server = spawn(wp, ['run', 'gallery', '--no-open', '--http-port', '0', '--xrender-port', '0'], {
  env,
  stdio: ['ignore', 'pipe', 'inherit'],
});
const link = String(await once(server.stdout, 'data')).split('\n')[0];
let page;
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
});
try {
  page = await browser.newPage({ viewport, colorScheme: 'light' });
  await page.goto(link);
  await mkdir(join(root, 'docs/gallery'), { recursive: true });
  let n = 0;
  for (const { file, stdin, type, title } of all) {
    if (selected.length > 0 && !selected.includes(file)) continue;
    const path = join(root, 'examples', file);
    // A stream has no name: without a title it would be called stdin.
    const options = [...(type ? ['--type', type] : []), ...(title ? ['--title', title] : [])];
    const args = ['show', ...options, ...(stdin ? [] : [path])];
    const show = spawn(wp, args, { env, stdio: [stdin ? 'pipe' : 'ignore', 'ignore', 'inherit'] });
    if (stdin) createReadStream(path).pipe(show.stdin);
    const [status] = await once(show, 'exit');
    if (status !== 0) throw new Error(`gallery: wp show ${file} exited with status ${status}`);
    n += 1;
    const article = page.locator(`article[data-n="${n}"]`);
    await article.locator('iframe.visible').waitFor({ timeout: 120_000 });
    await writeFile(join(root, screenshotPath(file)), await screenshotOf(article));
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
      const screenshot = screenshotPath(file).replace('docs/', '');
      return `**${about}**\n\n    ${command ?? `wp show ${file}`}\n\n![${about}](${screenshot})\n`;
    });
    return `## ${title}\n\n${each.join('\n')}`;
  })
  .join('\n');
await writeFile(
  join(root, 'docs/gallery.md'),
  `# Gallery

What you have in a terminal, and what one command makes of it: a table that sorts, a map, a flame graph, a page that grows
while the program runs. Each picture below is one entry of a scroll, from a file in [examples/](../examples/), most of which
real tools made of real data. In a clone,

    ./wp run
    ./wp show examples/analysis/ozone.ipynb examples/maps/*.geojson examples/performance/import.pb.gz

shows three kinds of them in your browser; \`vmstat 1 | ./wp show\` is of your own machine.

${sections.map(({ title }) => `[${title}](#${title.toLowerCase().replaceAll(',', '').replaceAll(' ', '-')})`).join(' · ')}

Made by \`npm run gallery\`.

${text}`,
);

/**
 * A screenshot of an article, taken when it has stopped changing: pages with graphs, maps and tables continue drawing
 * after they have loaded.
 */
async function screenshotOf(article) {
  let last;
  for (let unchanged = 0, attempts = 0; unchanged < 3 && attempts < 60; attempts++) {
    await sleep(700);
    await article.evaluate((element) => element.scrollIntoView({ block: 'start' }));
    const { x, y, width, height } = await article.boundingBox();
    const clip = { x, y, width, height: Math.min(height, MAX_HEIGHT) };
    const screenshot = await page.screenshot({ type: 'jpeg', quality: 55, clip });
    const frame = await (await article.locator('iframe.visible').elementHandle())?.contentFrame();
    const isBusy = await frame?.evaluate(() => /^(?:Drawing|Loading)(?:…|,)/m.test(document.body.innerText));
    unchanged = last?.equals(screenshot) && !isBusy ? unchanged + 1 : 0;
    last = screenshot;
  }
  return last;
}

/** The path of the screenshot of an example in the repository. */
function screenshotPath(file) {
  return `docs/gallery/${file.replaceAll('/', '-')}.jpg`;
}
