import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { FLAGS } from './browser.ts';
import { pause } from './seen.ts';

/** Evaluates an expression in a frame and returns its value. */
export type Evaluate = (expression: string) => Promise<unknown>;

/** A browser that shows one page, controlled without observing its network requests. */
export interface QuietBrowser {
  /** Waits until a frame has an element that matches, and returns the frame. */
  frameWith(selector: string): Promise<Evaluate>;
  close(): Promise<void>;
}

/**
 * Shows `link` in Debian's Chromium. Playwright makes the browser report each request and keep each response, which
 * about doubles the time of requests. For pages with many requests this browser gives realistic times.
 */
export async function openQuiet(link: string): Promise<QuietBrowser> {
  const profile = await mkdtemp(join(tmpdir(), 'wp-bench-browser-'));
  const browser = spawn(
    process.env.CHROMIUM ?? '/usr/bin/chromium',
    [
      ...FLAGS,
      '--headless=new',
      '--window-size=1280,900',
      '--remote-debugging-port=0',
      `--user-data-dir=${profile}`,
      link,
    ],
    { stdio: 'ignore' },
  );
  const ended = once(browser, 'exit');
  const close = async (): Promise<void> => {
    browser.kill();
    await ended;
    await rm(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  };
  try {
    const call = await connect(join(profile, 'DevToolsActivePort'));
    const frameWith = async (selector: string): Promise<Evaluate> => {
      for (const give = performance.now() + 30_000; performance.now() < give; await pause(100)) {
        const { targetInfos } = (await call('Target.getTargets', { filter: [{}] })) as Targets;
        for (const { type, targetId } of targetInfos) {
          if (type !== 'iframe') continue;
          const { sessionId } = (await call('Target.attachToTarget', { targetId, flatten: true })) as Attached;
          const evaluate: Evaluate = async (expression) => {
            const params = { expression, awaitPromise: true, returnByValue: true };
            return ((await call('Runtime.evaluate', params, sessionId)) as Evaluated).result.value;
          };
          if (await evaluate(`document.querySelector(${JSON.stringify(selector)}) !== null`)) return evaluate;
          await call('Target.detachFromTarget', { sessionId });
        }
      }
      throw new Error(`no frame has ${selector}`);
    };
    return { frameWith, close };
  } catch (error) {
    await close();
    throw error;
  }
}

interface Targets {
  readonly targetInfos: readonly { readonly type: string; readonly targetId: string }[];
}
interface Attached {
  readonly sessionId: string;
}
interface Evaluated {
  readonly result: { readonly value?: unknown };
}

/** Calls a method of the DevTools protocol: https://chromedevtools.github.io/devtools-protocol/ */
type Call = (method: string, params: object, sessionId?: string) => Promise<unknown>;

/** Connects to the browser that writes its address to a file. */
async function connect(addressFile: string): Promise<Call> {
  let address: string[] = [];
  for (const give = performance.now() + 20_000; address.length < 2 && performance.now() < give; await pause(50))
    address = (await readFile(addressFile, 'utf8').catch(() => '')).split('\n');
  const [port, path] = address;
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`);
  await once(socket, 'open');
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  socket.on('message', (data: Buffer) => {
    const { id, result, error } = JSON.parse(String(data)) as {
      id: number;
      result?: unknown;
      error?: { message: string };
    };
    const pendingCalls = waiting.get(id);
    waiting.delete(id);
    if (error) pendingCalls?.reject(new Error(error.message));
    else pendingCalls?.resolve(result);
  });
  let last = 0;
  return (method, params, sessionId) =>
    new Promise((resolve, reject) => {
      waiting.set(++last, { resolve, reject });
      socket.send(JSON.stringify({ id: last, method, params, sessionId }));
    });
}
