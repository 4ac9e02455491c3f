import { spawn } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { lstat, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { messageOf } from '../../shared/errors.ts';
import { FRAME_ELEMENT } from '../../shared/kit/page/shell.ts';
import type { RenderJob, RenderResult } from './job.ts';

const TIME_LIMIT = 60_000;
/** How long what a plugin said is waited for after its end, milliseconds: a child of it may keep the pipe open. */
const LAST_WORDS = 200;
/** What is kept of what a plugin says, and the largest page it may write, bytes. */
const MAX_TALK = 64 * 1024;
const MAX_PAGE = 64 * 1024 * 1024;
/** How a plugin that must end is told: each signal to its whole process group, and how long it is waited for after it. */
const ENDING = [
  ['SIGTERM', 500],
  ['SIGKILL', 0],
] as const;

/** The plugins that come with webpipe. */
export const shippedPlugins: string = fileURLToPath(new URL('../plugins', import.meta.url));

/** The executables `<folder>/<type>/render`, by type. A folder that is not there has none. */
export function findPlugins(folder: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const type of existsSync(folder) ? readdirSync(folder) : []) {
    const path = join(folder, type, 'render');
    try {
      accessSync(path, constants.X_OK);
      found.set(type, path);
    } catch {
      // A folder without an executable is no plugin.
    }
  }
  return found;
}

export interface PluginLimits {
  /** Milliseconds; a minute if it is not given. */
  readonly timeLimit?: number;
  /** Ends the plugin at once. */
  readonly signal?: AbortSignal;
}

/**
 * Runs `render INPUT OUTPUT` for one file, without a shell, in a directory of its own. It is to write OUTPUT.html and
 * may write the directory OUTPUT/. Never throws: what goes wrong is in the result, with what the plugin said.
 */
export async function runPlugin(path: string, job: RenderJob, limits: PluginLimits = {}): Promise<RenderResult> {
  if (limits.signal?.aborted) return { ok: false, ms: 0, error: `the plugin ${job.type} was not started any more` };
  const started = performance.now();
  const home = `${job.dir}.plugin`;
  try {
    await rm(home, { recursive: true, force: true });
    await mkdir(home, { recursive: true, mode: 0o700 });
    const output = join(home, basename(job.dir));
    const env = { ...process.env, WP_TYPE: job.type, WP_NAME: job.name, WP_HOST: job.host, WP_ID: job.id };
    const { how, talk } = await execute(path, [job.path, output], { cwd: home, env }, limits);
    if (how)
      return { ok: false, ms: performance.now() - started, error: `the plugin ${job.type} ${how}`, detail: talk };
    const error = await take(output, job.dir);
    if (error)
      return { ok: false, ms: performance.now() - started, error: `the plugin ${job.type} ${error}`, detail: talk };
    return { ok: true, ms: performance.now() - started };
  } catch (error) {
    return {
      ok: false,
      ms: performance.now() - started,
      error: `the plugin ${job.type} could not be run: ${messageOf(error)}`,
    };
  } finally {
    await rm(home, { recursive: true, force: true }).catch(() => {});
  }
}

/** Runs a program to its end; gives how it failed, if it did, and what it said on stderr. */
function execute(
  path: string,
  args: string[],
  options: { cwd: string; env: NodeJS.ProcessEnv },
  { timeLimit = TIME_LIMIT, signal }: PluginLimits,
): Promise<{ how?: string; talk: string }> {
  return new Promise((done) => {
    const child = spawn(path, args, { ...options, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    let talk = '';
    let over: string | undefined;
    const end = async (why: string) => {
      over ??= why;
      for (const [kind, wait] of ENDING) {
        killGroup(child.pid, kind);
        await new Promise((resolve) => setTimeout(resolve, wait));
      }
    };
    const timer = setTimeout(() => void end(`took longer than ${timeLimit / 1000} s and was ended`), timeLimit);
    const stop = () => killGroup(child.pid, 'SIGKILL');
    signal?.addEventListener('abort', stop);
    // While its directory was made.
    if (signal?.aborted) stop();
    // What it prints on stdout is the list of what it wrote; the names are known, so it is only let out.
    child.stdout.resume();
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      talk = (talk + text).slice(-MAX_TALK);
    });
    const settle = (how: string | undefined) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
      // A child of it that has left its group may still hold these.
      child.stdout.destroy();
      child.stderr.destroy();
      done({ how, talk });
    };
    child.once('error', (error) => settle(`could not be started: ${error.message}`));
    child.once('exit', (code, kind) => {
      const how = over ?? (kind ? `was ended by ${kind}` : code ? `ended with code ${code}` : undefined);
      // A child of the plugin that stays behind ends with it.
      killGroup(child.pid, 'SIGKILL');
      const late = setTimeout(() => settle(how), LAST_WORDS);
      child.once('close', () => {
        clearTimeout(late);
        settle(how);
      });
    });
  });
}

function killGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended already.
  }
}

/** Takes what a plugin wrote to where the entry is made; gives what is wrong with it, if anything. */
async function take(output: string, dir: string): Promise<string | undefined> {
  const page = `${output}.html`;
  const info = await lstat(page).catch(() => undefined);
  if (!info) return `wrote no ${basename(page)}`;
  if (!info.isFile()) return `wrote a ${basename(page)} that is not a plain file`;
  if (info.size > MAX_PAGE) return `wrote a page of ${info.size} bytes; ${MAX_PAGE} are allowed`;
  const html = await readFile(page);
  await writeFile(`${dir}.html`, withFrame(html.toString('utf8')));
  const assets = await lstat(output).catch(() => undefined);
  if (!assets?.isDirectory()) return undefined;
  await mkdir(dir, { recursive: true });
  for (const item of await readdir(output)) {
    if (item === 'source') continue;
    // An earlier try that was killed may have left one.
    await rm(join(dir, item), { recursive: true, force: true });
    await rename(join(output, item), join(dir, item));
  }
  return undefined;
}

/** A page with our frame script at its head. */
function withFrame(html: string): string {
  const start = html.slice(0, 4096);
  const head = [/<head(\s[^>]*)?>/i, /<html(\s[^>]*)?>/i, /<!doctype[^>]*>/i]
    .map((tag) => tag.exec(start))
    .find((match) => match !== null);
  const at = head ? head.index + head[0].length : 0;
  return `${head ? '' : '<!doctype html>'}${html.slice(0, at)}${FRAME_ELEMENT}${html.slice(at)}`;
}
