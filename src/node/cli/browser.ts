import { spawn } from 'node:child_process';
import { WpError } from '../../shared/errors.ts';

/**
 * Opens the viewer with what this system opens URLs with: `$BROWSER` (a program, or several with `:` between them, where
 * `%s` is the URL), else xdg-open, open or wslview.
 * @param link the link that logs in
 * @throws WpError where there is none
 */
export async function openBrowser(link: string): Promise<void> {
  const url = withoutCode(link);
  const own = (process.env.BROWSER ?? '').split(':').filter(Boolean);
  for (const command of [...own, 'xdg-open', 'open', 'wslview']) {
    const [program = '', ...args] = command.split(/\s+/).filter(Boolean);
    const filled = args.includes('%s') ? args.map((arg) => (arg === '%s' ? url : arg)) : [...args, url];
    if (await started(program, filled)) return;
  }
  throw new WpError('open', 'no browser was found', 'set BROWSER, or open the printed link by hand (wp open --print)');
}

/**
 * The link as it may stand on a command line, which every user of the machine can read: where the same user is let in
 * without a code, it has none. (In WSL the browser runs on Windows, and comes from there.)
 */
function withoutCode(link: string): string {
  return process.platform === 'linux' && !process.env.WSL_DISTRO_NAME ? link.replace(/#login=.*$/, '') : link;
}

/** Starts a program that lives on by itself. False where it is not there or fails within a moment. */
function started(program: string, args: string[]): Promise<boolean> {
  return new Promise((settle) => {
    const child = spawn(program, args, { detached: true, stdio: 'ignore' });
    const enough = setTimeout(() => settle(true), 1500);
    const end = (answer: boolean) => {
      clearTimeout(enough);
      settle(answer);
    };
    child.on('error', () => end(false));
    child.on('exit', (code) => end(code === 0));
    child.unref();
  });
}
