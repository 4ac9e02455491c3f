/** The browser for tests. All test files of a process share one. */
import { existsSync, writeFileSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';
import { afterEachFile } from './cleanup.ts';
import { scaled, WAIT_LIMIT } from './deadline.ts';
import type { Host } from './hosts/host.ts';

const program = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** Whether Chromium is installed. */
export const hasBrowser: boolean = existsSync(program);

let shared: Browser | undefined;

afterEachFile(async () => {
  for (const context of shared?.contexts() ?? []) await context.close();
});

/**
 * The browser of this process, started at the first call. Tests open pages and contexts in it, which are closed at the
 * end of the file; they must not close the browser.
 */
export async function sharedBrowser(): Promise<Browser> {
  if (!shared?.isConnected()) shared = await launch();
  return shared;
}

const FLAGS =
  '--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync';
/** Turns off parts of the browser's own window: two pages of its address bar cost as much as the page under test. */
const UNUSED_FEATURES = ['WebUIOmniboxPopup', 'WebUIOmniboxAimPopup'];
/** The features that Playwright disables. Repeated here, because Chromium uses only the last `--disable-features`. */
const PLAYWRIGHT_FEATURES =
  'AvoidUnnecessaryBeforeUnloadCheckSync,DestroyProfileOnBrowserClose,HttpsUpgrades,' +
  'HttpsFirstBalancedModeAutoEnable,LensOverlay,MediaRouter,PaintHolding,ThirdPartyStoragePartitioning,' +
  'AvoidCorsURLLoaderRestartOnRedirect,TcpPortRandomizationWin,OptimizationHints,NetworkTimeServiceQuerying,' +
  'AimEnabled,PreconnectToSearch';

/**
 * Starts another browser, which the caller must close: with additional flags, or on a full host. There it runs as ada,
 * and `localhost` means that host. It cannot download there, because Playwright's download folder is on this machine.
 */
export async function launch(flags: readonly string[] = [], host?: Host): Promise<Browser> {
  const browser = await chromium.launch({
    executablePath: host ? browserScript(host) : program,
    args: [...FLAGS.split(' '), `--disable-features=${[PLAYWRIGHT_FEATURES, ...UNUSED_FEATURES].join(',')}`, ...flags],
    timeout: scaled(180_000),
  });
  browser.on('context', (context) => context.setDefaultTimeout(WAIT_LIMIT));
  return browser;
}

/**
 * A script that Playwright runs on this machine and that starts the browser on the host. It is one of the host's
 * files, so it is removed with them.
 */
function browserScript(host: Host): string {
  const [command, args] = host.command([program]);
  const quoted = [command, ...args].map((word) => `'${word.replaceAll("'", "'\\''")}'`);
  const script = host.path('/run/browser');
  writeFileSync(script, `#!/bin/sh\nexec ${quoted.join(' ')} "$@"\n`, { mode: 0o755 });
  return script;
}
