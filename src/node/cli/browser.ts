import { spawn } from 'node:child_process';
import { WpError } from '../../shared/errors.ts';

/**
 * Opens the viewer in a browser: with the programs in `$BROWSER` (separated by `:`, with `%s` in place of the URL), otherwise
 * with xdg-open, open or wslview.
 * @param link the login link
 * @throws WpError if none of them works
 */
export async function openBrowser(link: string): Promise<void> {
  const url = withoutCode(link);
  const preferred = (process.env.BROWSER ?? '').split(':').filter(Boolean);
  for (const command of [...preferred, 'xdg-open', 'open', 'wslview']) {
    const [program = '', ...args] = command.split(/\s+/).filter(Boolean);
    const fullArgs = args.includes('%s') ? args.map((arg) => (arg === '%s' ? url : arg)) : [...args, url];
    if (await launch(program, fullArgs)) return;
  }
  throw new WpError('open', 'no browser was found', 'set BROWSER, or open the link that "wp open --print" prints');
}

/**
 * Removes the login code from the link on systems where the user is logged in without it, because all users of the machine
 * can read command lines. In WSL the browser runs on Windows, so the code is needed.
 */
function withoutCode(link: string): string {
  return process.platform === 'linux' && !process.env.WSL_DISTRO_NAME ? link.replace(/[#&]login=.*$/, '') : link;
}

/** Starts a program in the background. Resolves to false if it does not exist or fails within 1.5 s. */
function launch(program: string, args: string[]): Promise<boolean> {
  return new Promise((settle) => {
    const child = spawn(program, args, { detached: true, stdio: 'ignore' });
    const timer = setTimeout(() => settle(true), 1500);
    const finish = (succeeded: boolean) => {
      clearTimeout(timer);
      settle(succeeded);
    };
    child.on('error', () => finish(false));
    child.on('exit', (code) => finish(code === 0));
    child.unref();
  });
}
