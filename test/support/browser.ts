/** The browser that tests drive: one for all test files that a process runs. */
import { existsSync, writeFileSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';
import { afterEachFile } from './cleanup.ts';
import { scaled, WAIT_LIMIT } from './deadline.ts';
import type { Host } from './hosts/host.ts';

const program = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** Whether it is there. */
export const hasBrowser: boolean = existsSync(program);

let shared: Browser | undefined;

afterEachFile(async () => {
  for (const context of shared?.contexts() ?? []) await context.close();
});

/**
 * The browser of this process, started when it is needed first. A test opens pages and contexts in it, which are
 * closed at the end of its file; it does not close the browser.
 */
export async function sharedBrowser(): Promise<Browser> {
  if (!shared?.isConnected()) shared = await launch();
  return shared;
}

const FLAGS =
  '--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync';
/** Parts of the browser's own window: two pages of its address bar cost as much as the page under test. */
const UNUSED_FEATURES = ['WebUIOmniboxPopup', 'WebUIOmniboxAimPopup'];
/** What playwright turns off. Repeated here, because Chromium obeys the last `--disable-features` only. */
const PLAYWRIGHT_FEATURES =
  'AvoidUnnecessaryBeforeUnloadCheckSync,DestroyProfileOnBrowserClose,HttpsUpgrades,HttpsFirstBalancedModeAutoEnable,LensOverlay,MediaRouter,PaintHolding,ThirdPartyStoragePartitioning,AvoidCorsURLLoaderRestartOnRedirect,TcpPortRandomizationWin,OptimizationHints,NetworkTimeServiceQuerying,AimEnabled,PreconnectToSearch';

/**
 * Starts another browser, which the caller closes: with more flags, or on a full host. There it belongs to ada, and
 * `localhost` is the host. It takes no downloads there: the folder that playwright has for them is on this machine.
 */
export async function launch(flags: readonly string[] = [], host?: Host): Promise<Browser> {
  const browser = await chromium.launch({
    executablePath: host ? entrance(host) : program,
    args: [...FLAGS.split(' '), `--disable-features=${[PLAYWRIGHT_FEATURES, ...UNUSED_FEATURES].join(',')}`, ...flags],
    timeout: scaled(180_000),
  });
  browser.on('context', (context) => context.setDefaultTimeout(WAIT_LIMIT));
  return browser;
}

/** A script of this machine that starts the browser on the host. It lies there, and so it goes with it. */
function entrance(host: Host): string {
  const [first, rest] = host.command([program]);
  const words = [first, ...rest].map((word) => `'${word.replaceAll("'", "'\\''")}'`);
  const script = host.path('/run/browser');
  writeFileSync(script, `#!/bin/sh\nexec ${words.join(' ')} "$@"\n`, { mode: 0o755 });
  return script;
}
