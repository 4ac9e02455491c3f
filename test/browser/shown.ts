import type { Browser, FrameLocator, Page } from 'playwright-core';
import { expect } from 'vitest';
import { type PageServer, servePage } from './page-server.ts';

/** A file that is shown in a browser: the page in its frame, and the server that serves it. */
export interface ShownFile {
  readonly frame: FrameLocator;
  readonly page: Page;
  readonly server: PageServer;
}

/** A file that is shown until `close`. Problems are collected until then. */
export interface OpenedFile extends ShownFile {
  /** Errors in the page, loads that the policy refuses, requests to other servers, and scripts of the file that ran. */
  readonly problems: readonly string[];
  close(): Promise<void>;
}

type Options = Parameters<typeof servePage>[2];

/** Shows the file at `path` in a sandboxed frame until it is closed. */
export async function open(browser: Browser, type: string, path: string, options: Options = {}): Promise<OpenedFile> {
  const server = await servePage(type, path, options);
  const page = await browser.newPage({ viewport: { width: 1000, height: 640 } });
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && !/404|416/.test(message.text())) problems.push(message.text());
  });
  page.on('request', (request) => {
    if (!/^(?:data|blob):/.test(request.url()) && !request.url().startsWith(new URL(server.framed).origin))
      problems.push(`a request for ${request.url()}`);
  });
  page.on('dialog', (dialog) => problems.push(`a script of the file ran: ${dialog.message()}`));
  const close = async () => {
    await page.close();
    await server.close();
  };
  try {
    await page.goto(server.framed);
  } catch (error) {
    await close();
    throw error;
  }
  return { frame: page.frameLocator('iframe'), page, server, problems, close };
}

/** Shows the file at `path` in a sandboxed frame; fails if there were problems. */
export async function withShownFile(
  browser: Browser,
  type: string,
  path: string,
  check: (file: ShownFile) => Promise<void>,
  options: Options = {},
): Promise<void> {
  const opened = await open(browser, type, path, options);
  try {
    await check(opened);
    expect(opened.problems).toEqual([]);
  } finally {
    await opened.close();
  }
}
