/** A shell on a screen of its own, in tmux. */
import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * Opens bash in `directory`, with the environment `env` and a screen of `columns` and `rows`. `socket` is the path that
 * tmux listens on.
 */
export async function openShell({ directory, env, socket, columns, rows }) {
  const tmux = async (...args) => (await run('tmux', ['-S', socket, '-f', '/dev/null', ...args], { env })).stdout;
  const size = ['-x', String(columns), '-y', String(rows)];
  await tmux('new-session', '-d', ...size, '-c', directory, "PS1='$ ' exec bash --norc --noprofile -i");
  await tmux('set-option', '-g', 'status', 'off');

  /** The characters on the screen, and the cursor as "column,row", both from 0. */
  async function screen() {
    const text = await tmux('display-message', '-p', '#{cursor_x},#{cursor_y}', ';', 'capture-pane', '-p');
    const [cursor, ...lines] = text.split('\n');
    return { cursor, lines: lines.join('\n').trimEnd() };
  }

  return {
    screen,
    /** Presses a key that tmux knows by its name, or `-l` and a character. */
    press: (...key) => tmux('send-keys', ...key),
    /** Waits until the last line is an empty prompt, which means that the command has ended. */
    async prompt() {
      while (!/(?:^|\n)\$$/.test((await screen()).lines)) await sleep(50);
    },
    /** Ends the shell. Does nothing if it has ended. */
    close: () => tmux('kill-server').catch(() => {}),
  };
}
