import { spawn } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { lstat, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { messageOf } from '../../shared/errors.ts';
import { PAGE_SCRIPT_ELEMENT } from '../../shared/kit/page/shell.ts';
import type { RenderJob, RenderResult } from './job.ts';

const TIME_LIMIT = 60_000;
/**
 * How long to wait for the end of stderr after a plugin has exited, milliseconds: a child of it may keep the pipe open.
 */
const STDERR_TIMEOUT = 200;
/** The largest part of stderr that is kept and the largest page, bytes. */
const MAX_STDERR = 64 * 1024;
const MAX_PAGE = 64 * 1024 * 1024;
/** The signals that end a plugin, sent to its process group, each with the milliseconds to wait before the next. */
const TERMINATION = [
  ['SIGTERM', 500],
  ['SIGKILL', 0],
] as const;

/** The folder of the plugins that come with webpipe. */
export const shippedPlugins: string = fileURLToPath(new URL('../plugins', import.meta.url));

/** The paths of the executables `<folder>/<type>/render`, by type. Empty if the folder does not exist. */
export function findPlugins(folder: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const type of existsSync(folder) ? readdirSync(folder) : []) {
    const path = join(folder, type, 'render');
    try {
      accessSync(path, constants.X_OK);
      found.set(type, path);
    } catch {
      // A folder without an executable is not a plugin.
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
 * Runs `render INPUT OUTPUT` for one file, without a shell, in a directory of its own. It must write OUTPUT.html and
 * may write the directory OUTPUT/. Never throws: a failure is a result, with the end of stderr.
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
    const { failure, stderr } = await execute(path, [job.path, output], { cwd: home, env }, limits);
    const problem = failure ?? (await moveOutput(output, job.dir));
    if (problem)
      return { ok: false, ms: performance.now() - started, error: `the plugin ${job.type} ${problem}`, detail: stderr };
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

/** Runs a program to its end. @returns the failure, if any, and the end of its stderr */
function execute(
  path: string,
  args: string[],
  options: { cwd: string; env: NodeJS.ProcessEnv },
  { timeLimit = TIME_LIMIT, signal }: PluginLimits,
): Promise<{ failure?: string; stderr: string }> {
  return new Promise((done) => {
    const child = spawn(path, args, { ...options, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    let stderr = '';
    let endReason: string | undefined;
    const end = async (reason: string) => {
      endReason ??= reason;
      for (const [kind, wait] of TERMINATION) {
        killGroup(child.pid, kind);
        await new Promise((resolve) => setTimeout(resolve, wait));
      }
    };
    const timer = setTimeout(() => void end(`took longer than ${timeLimit / 1000} s and was ended`), timeLimit);
    const stop = () => {
      endReason ??= 'was ended because webpipe stopped';
      killGroup(child.pid, 'SIGKILL');
    };
    signal?.addEventListener('abort', stop);
    // It may have been aborted while the directory was created.
    if (signal?.aborted) stop();
    // Discard standard output: it lists the files that the plugin wrote, whose names are known.
    child.stdout.resume();
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(-MAX_STDERR);
    });
    const settle = (failure: string | undefined) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
      // A child that has left the process group may keep these open.
      child.stdout.destroy();
      child.stderr.destroy();
      done({ failure, stderr });
    };
    child.once('error', (error) => settle(`could not be started: ${error.message}`));
    child.once('exit', (code, kind) => {
      const failure = endReason ?? (kind ? `was ended by ${kind}` : code ? `ended with code ${code}` : undefined);
      // Kill children that the plugin has left running.
      killGroup(child.pid, 'SIGKILL');
      const late = setTimeout(() => settle(failure), STDERR_TIMEOUT);
      child.once('close', () => {
        clearTimeout(late);
        settle(failure);
      });
    });
  });
}

function killGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // The process has ended already.
  }
}

/** Moves what a plugin wrote to the directory of the entry. @returns a description of the problem, if there is one */
async function moveOutput(output: string, dir: string): Promise<string | undefined> {
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
    // An attempt that was killed may have left this directory.
    await rm(join(dir, item), { recursive: true, force: true });
    await rename(join(output, item), join(dir, item));
  }
  return undefined;
}

/** The page with webpipe's frame script at the beginning of its head. */
function withFrame(html: string): string {
  const start = html.slice(0, 4096);
  const head = [/<head(\s[^>]*)?>/i, /<html(\s[^>]*)?>/i, /<!doctype[^>]*>/i]
    .map((tag) => tag.exec(start))
    .find((match) => match !== null);
  const at = head ? head.index + head[0].length : 0;
  return `${head ? '' : '<!doctype html>'}${html.slice(0, at)}${PAGE_SCRIPT_ELEMENT}${html.slice(at)}`;
}
