/**
 * Makes docs/recording.webp, the picture in README.md: `npm run recording`.
 *
 * It starts `wp run` in a temporary directory and a shell in tmux, types the commands of `scenes` into the shell, and
 * takes pictures of the shell's screen and of the viewer in Chromium. Both are then drawn side by side
 * (recording/stage.html), one frame for each change, and img2webp combines the frames into an animation. The recording
 * is real; only pauses are shortened.
 *
 * Needs Chromium, git, tmux and img2webp (on Debian: `apt install chromium git tmux webp`) and a built `dist/`.
 */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';
import { openShell } from './recording/shell.mjs';
import { follow, mergeTimelines, withoutBriefStates } from './recording/timeline.mjs';

const run = promisify(execFile);
const root = fileURLToPath(new URL('..', import.meta.url));
const output = join(root, 'docs/recording.webp');
const chromiumPath = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** Sizes in CSS pixels; a frame has `scale` times as many. They match recording/stage.html. */
const stageSize = { width: 960, height: 600 };
const viewerSize = { width: 620, height: 570 };
const scale = 1.5;
/** The size of the terminal in characters. */
const terminalSize = { columns: 38, rows: 27 };

/** Each command is typed; the next one follows when terminal and viewer have been still for `pause` milliseconds. */
const scenes = [
  { command: 'wp show quakes.png', pause: 1000 },
  { command: 'wp show airquality.csv', pause: 1000 },
  { command: 'git diff | wp show --title changes', pause: 1000 },
  { command: 'wp show cpu.pb.gz', pause: 1000 },
  { command: 'vmstat 1 | wp show --title load', interruptAfter: 4500, pause: 500 },
];
/** How long frames last, in ms: while a command is typed, at least and at most otherwise, and at the end. */
const durations = { typing: 50, shortest: 80, longest: 950, last: 2000 };

/** The files in the recorded directory, and the examples that they are copies of. */
const files = {
  'quakes.png': 'pictures/plots/2-quakes.png',
  'airquality.csv': 'tables/airquality.csv',
  'cpu.pb.gz': 'performance/import.pb.gz',
};
const committed = `export function search(query, limit) {
  return rank(products, query).slice(0, limit);
}
`;
const edited = `export function search(query, limit = 20) {
  const words = query.trim().toLowerCase();
  return rank(products, words).slice(0, limit);
}
`;

await requireTools();
const dir = await mkdtemp(join(tmpdir(), 'wp-recording-'));
const cleanups = [() => rm(dir, { recursive: true, force: true })];
try {
  const recorded = await record();
  const frames = mergeTimelines(recorded.terminal, withoutBriefStates(recorded.viewer, 250), durations);
  await encode(await drawFrames(frames, recorded.address));
  const { size } = await stat(output);
  const seconds = frames.reduce((sum, { duration }) => sum + duration, 0) / 1000;
  console.log(`${output}: ${frames.length} frames, ${seconds.toFixed(1)} s, ${Math.round(size / 1024)} KiB`);
} finally {
  for (const cleanup of cleanups.reverse()) await cleanup();
}

/** Throws an error that names the programs that are missing. */
async function requireTools() {
  const missing = [];
  for (const [command, flag, debianPackage] of [
    [chromiumPath, '--version', 'chromium'],
    ['git', '--version', 'git'],
    ['tmux', '-V', 'tmux'],
    ['img2webp', '-version', 'webp'],
  ]) {
    await run(command, [flag]).catch((error) => {
      if (error.code === 'ENOENT') missing.push(debianPackage);
    });
  }
  if (missing.length > 0) {
    throw new Error(`recording: programs are missing; on Debian: apt install ${missing.join(' ')}`);
  }
}

/**
 * Plays the scenes. Returns the states of the terminal and of the viewer, each as a list of `{ at, state }` with `at`
 * in ms.
 */
async function record() {
  const server = await startServer();
  const workDir = await makeWorkDir();
  const viewer = await openViewer(server.link);
  const shell = await openShell({ directory: workDir, env: server.env, socket: join(dir, 'tmux'), ...terminalSize });
  cleanups.push(shell.close);

  const terminal = follow(shell.screen, (a, b) => a.lines === b.lines && a.cursor === b.cursor);
  const page = follow(viewer.screenshot, (a, b) => a.equals(b));
  const untilStill = async (ms) => {
    while (Date.now() - Math.max(terminal.lastChange(), page.lastChange()) < ms) await sleep(50);
  };
  await untilStill(1000);
  for (const { command, pause, interruptAfter } of scenes) {
    // Wait for the echo of each key, so that each key gets a frame.
    for (const key of command) await terminal.change(() => shell.press('-l', key), { isTyping: true });
    await terminal.change(() => shell.press('Enter'));
    if (interruptAfter) {
      await sleep(interruptAfter);
      await shell.press('C-c');
    }
    await shell.prompt();
    await untilStill(pause);
  }
  return { terminal: await terminal.stop(), viewer: await page.stop(), address: viewer.address() };
}

/** Starts `wp run` on free ports. Returns its link and the environment in which `wp show` finds it. */
async function startServer() {
  const env = { HOME: dir, WEBPIPE_DIR: join(dir, 'webpipe'), PATH: `${root}:${process.env.PATH}`, LANG: 'C.UTF-8' };
  const server = spawn(join(root, 'wp'), ['run', 'demo', '--no-open', '--http-port', '0', '--xrender-port', '0'], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  cleanups.push(async () => {
    if (server.exitCode !== null) return;
    server.kill('SIGTERM');
    await once(server, 'exit');
  });
  const [link] = await once(server.stdout, 'data');
  return { link: String(link).split('\n')[0], env };
}

/** Makes a git repository with the files that are shown, one of them edited since its commit. */
async function makeWorkDir() {
  const workDir = join(dir, 'shop');
  await mkdir(workDir);
  for (const [name, example] of Object.entries(files)) {
    await copyFile(join(root, 'examples', example), join(workDir, name));
  }
  const git = (...args) =>
    run('git', ['-c', 'user.name=demo', '-c', 'user.email=demo@localhost', ...args], { cwd: workDir });
  await writeFile(join(workDir, 'search.js'), committed);
  await git('init', '--quiet');
  await git('add', '.');
  await git('commit', '--quiet', '--message', 'Search the catalogue');
  await writeFile(join(workDir, 'search.js'), edited);
  return workDir;
}

/**
 * Opens the viewer's page. Returns functions that return its address, without the login code, and a screenshot as PNG.
 */
async function openViewer(link) {
  const browser = await launchBrowser();
  const context = await browser.newContext({ viewport: viewerSize, deviceScaleFactor: scale, colorScheme: 'light' });
  const page = await context.newPage();
  const devtools = await context.newCDPSession(page);
  await page.goto(link);
  await page.getByText('No entries yet').waitFor();
  return {
    address: () => page.url().replace(/[#?].*$/, ''),
    async screenshot() {
      const { data } = await devtools.send('Page.captureScreenshot', { format: 'png', optimizeForSpeed: true });
      return Buffer.from(data, 'base64');
    },
  };
}

/** Draws each frame. Returns them as `{ path, duration }`, with `duration` in ms. */
async function drawFrames(frames, address) {
  const browser = await launchBrowser();
  const page = await browser.newPage({ viewport: stageSize, deviceScaleFactor: scale });
  await page.goto(pathToFileURL(join(root, 'scripts/recording/stage.html')).href);
  const drawn = [];
  for (const [index, { terminal, viewer, duration }] of frames.entries()) {
    const image = `data:image/png;base64,${viewer.toString('base64')}`;
    await page.evaluate((frame) => globalThis.draw(frame), { ...terminal, image, address });
    const path = join(dir, `frame-${String(index).padStart(4, '0')}.png`);
    await page.screenshot({ path });
    drawn.push({ path, duration });
  }
  return drawn;
}

/** Writes the frames to `output`, as an animation that repeats. */
async function encode(frames) {
  const args = frames.flatMap(({ path, duration }) => ['-lossless', '-m', '6', '-d', String(duration), path]);
  await run('img2webp', ['-loop', '0', '-min_size', ...args, '-o', output]);
}

async function launchBrowser() {
  const browser = await chromium.launch({
    executablePath: chromiumPath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--hide-scrollbars',
      '--no-first-run',
      '--disable-background-networking',
      `--force-device-scale-factor=${scale}`,
    ],
  });
  cleanups.push(() => browser.close());
  return browser;
}
