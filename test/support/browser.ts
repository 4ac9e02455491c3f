/** The browser that tests drive. */
import { existsSync, writeFileSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';
import type { Host } from './hosts/host.ts';

const program = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** Whether it is there. */
export const hasBrowser: boolean = existsSync(program);

/**
 * Starts a browser as these tests want it, on a full host where one is given. There it is ada's, and `localhost` is
 * the host. It takes no downloads there: the folder that playwright has for them is on this machine.
 */
export function launch(host?: Host): Promise<Browser> {
  return chromium.launch({
    executablePath: host ? entrance(host) : program,
    args: '--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync'.split(
      ' ',
    ),
  });
}

/** A script of this machine that starts the browser on the host. It lies there, and so it goes with it. */
function entrance(host: Host): string {
  const [first, rest] = host.command([program]);
  const words = [first, ...rest].map((word) => `'${word.replaceAll("'", "'\\''")}'`);
  const script = host.path('/run/browser');
  writeFileSync(script, `#!/bin/sh\nexec ${words.join(' ')} "$@"\n`, { mode: 0o755 });
  return script;
}
