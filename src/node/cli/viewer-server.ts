import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { isScrollName, scrollName, today } from '../../shared/names.ts';
import { layout } from '../directory/directory.ts';
import { serveHttp } from '../server/http.ts';
import { Library } from '../server/library.ts';
import { mintCode } from '../server/login.ts';
import { publishViewer } from '../server/publish.ts';
import type { UploadOptions } from '../server/upload.ts';
import { shippedPlugins } from '../stages/plugin.ts';
import { diskStore } from '../store/disk-store.ts';
import type { OwnedScroll } from '../store/store.ts';
import { type StageRuntime, withPortErrors } from './server.ts';
import { printError } from './terminal.ts';

/** How long the link that a server prints on start is valid, milliseconds. */
const LINK_LIFETIME = 12 * 3600_000;

/** An open scroll and the HTTP server of its viewer. */
export interface ViewerServer {
  readonly scroll: OwnedScroll;
  readonly port: number;
  /** The login link; it works once. */
  readonly link: string;
  /** The address of the entry with number n. */
  readonly urlOf: (n: number) => string;
}

/**
 * Opens a scroll and serves it together with all others of the directory.
 * @param requested the scroll on the command line, if given
 * @param upload how to accept files over HTTP
 */
export async function startViewer(
  runtime: StageRuntime,
  requested: string | undefined,
  port: number,
  upload: UploadOptions,
): Promise<ViewerServer> {
  const { dir, key } = runtime;
  const store = diskStore(dir, printError);
  const scroll = await store.openOwner(scrollName(requested, today()));
  runtime.closeOnExit(scroll);
  await publishViewer(scroll.files);
  const http = await withPortErrors(port, '--http-port', () =>
    serveHttp({
      dir,
      port,
      key,
      startedAt: runtime.started,
      library: new Library(store, scroll),
      pluginStatic: (type) => pluginStatic(dir, type),
      upload,
      warn: printError,
    }),
  );
  runtime.closeOnExit(http);
  const base = `http://localhost:${http.port}`;
  return {
    scroll,
    port: http.port,
    link: `${base}/#login=${mintCode(key, runtime.started, LINK_LIFETIME)}`,
    urlOf: (n) => `${base}/s/${encodeURIComponent(scroll.name)}/#${n}`,
  };
}

/**
 * The folder `static/` of the plugin for a type, if it has one. The user's plugin comes before the one shipped with
 * webpipe.
 */
async function pluginStatic(dir: string, type: string): Promise<string | undefined> {
  if (!isScrollName(type)) return undefined;
  for (const folder of [layout.plugins(dir), shippedPlugins]) {
    const path = join(folder, type, 'static');
    if (
      await access(path).then(
        () => true,
        () => false,
      )
    )
      return path;
  }
  return undefined;
}
