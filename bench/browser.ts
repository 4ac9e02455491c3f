import { type Browser, chromium, type Page } from 'playwright-core';

export const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Starts Debian's Chromium, headless. */
export function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: FLAGS });
}

/**
 * Runs in every frame before its scripts. Reports, through the binding `__seen`, when a token first appears in the
 * document: as a word like `seen-0123abcd`, or in the URL of a complete image.
 */
function watchFrame(): void {
  const reportedTokens = new Set<string>();
  const report = (token: string) => {
    if (reportedTokens.has(token)) return;
    reportedTokens.add(token);
    const seen = (window as unknown as { __seen?: (token: string, time: number) => void }).__seen;
    seen?.(token, performance.timeOrigin + performance.now());
  };
  const scan = (text: string | null) => {
    for (const [token] of (text ?? '').matchAll(/seen-[0-9a-f]{8}/g)) report(token);
  };
  const look = (node: Node) => {
    // Ignore headers and links, which are not content of the file.
    if (node.nodeType === Node.TEXT_NODE) {
      if (!node.parentElement?.closest('script,style,title,header,a')) scan(node.textContent);
      return;
    }
    if (!(node instanceof Element) || node.matches('script,style,title,header,a')) return;
    for (const image of node.matches('img') ? [node] : node.querySelectorAll('img')) {
      const img = image as HTMLImageElement;
      const names = () => scan(`${img.src.slice(0, 500)} ${img.alt}`);
      if (img.complete && img.naturalWidth) names();
      else img.addEventListener('load', names);
    }
    const texts = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
    for (let text = texts.nextNode(); text; text = texts.nextNode()) {
      if (!text.parentElement?.closest('script,style,title,header,a')) scan(text.textContent);
    }
  };
  new MutationObserver((changes) => {
    for (const change of changes) {
      for (const node of change.addedNodes) look(node);
      if (change.type === 'characterData') look(change.target);
    }
  }).observe(document, { childList: true, characterData: true, subtree: true });
}

/** A page that reports when a token first appears. */
export interface Watched {
  readonly page: Page;
  /** Resolves to the time when the token was first in a document of the page, milliseconds since the epoch. */
  firstSeen(token: string): Promise<number>;
}

/** Opens a page and watches all its frames for tokens. */
export async function openWatched(browser: Browser): Promise<Watched> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  const times = new Map<string, number>();
  const waiting = new Map<string, (time: number) => void>();
  await page.exposeBinding('__seen', (_, token: string, time: number) => {
    if (times.has(token)) return;
    times.set(token, time);
    waiting.get(token)?.(time);
  });
  await page.addInitScript(watchFrame);
  return {
    page,
    firstSeen: (token) =>
      new Promise((resolve, reject) => {
        const known = times.get(token);
        if (known !== undefined) return resolve(known);
        const timer = setTimeout(() => reject(new Error(`${token} was not seen within 20 s`)), 20_000);
        waiting.set(token, (time) => {
          clearTimeout(timer);
          resolve(time);
        });
      }),
  };
}

/** Opens the page of the floor at its port, and the viewer by its link. Resolves when both are connected. */
export async function openBoth(
  browser: Browser,
  floor: number,
  link: string,
): Promise<{ readonly bare: Watched; readonly viewer: Watched }> {
  const bare = await openWatched(browser);
  await bare.page.goto(`http://localhost:${floor}/`);
  await bare.page.waitForFunction(() => document.title === 'open');
  const viewer = await openWatched(browser);
  await viewer.page.goto(link);
  await viewer.page.waitForSelector('#state[data-state=live]');
  return { bare, viewer };
}
