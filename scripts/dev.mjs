/**
 * `npm run dev [-- OPTIONS]`: runs webpipe from src/. When a file is saved, the server restarts and open pages reload.
 *
 * OPTIONS are those of `wp run`. The scrolls are in node_modules/.cache/webpipe/dev unless --dir or WEBPIPE_DIR is
 * given. Stack traces refer to src/; page scripts have source maps too.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { watchBuild } from './watch.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const args = process.argv.slice(2);
const env = { WEBPIPE_DIR: join(root, 'node_modules/.cache/webpipe/dev'), ...process.env };

let server;

function startServer() {
  server = spawn(process.execPath, ['--enable-source-maps', join(root, 'dist/wp.js'), 'run', '--no-open', ...args], {
    env,
    stdio: 'inherit',
  });
}

async function stopServer() {
  if (!server) return;
  server.kill('SIGTERM');
  if (server.exitCode === null && server.signalCode === null) await once(server, 'exit');
}

let build = 0;

/** Adds a script in front of the viewer's that reloads the page after a new build. */
function addReload(outputs) {
  build += 1;
  const id = `${process.pid}.${build}`;
  const script = `/*build ${id}*/setInterval(async () => {
    const text = await fetch('/assets/viewer.js', { cache: 'no-store' }).then((response) => response.text(), () => '');
    if (text.startsWith('/*build ') && !text.startsWith('/*build ${id}*/')) location.reload();
  }, 500);
`;
  return outputs.map((file) =>
    file.path.endsWith('viewer/viewer.js')
      ? { ...file, contents: Buffer.concat([Buffer.from(script), file.contents]) }
      : file,
  );
}

// The old server must not serve new files: a page would reload too early, and only once.
const watching = await watchBuild(root, { beforeWrite: stopServer, onBuilt: startServer, transform: addReload });

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, async () => {
    server?.kill('SIGTERM');
    await watching.close();
    process.exit(0);
  });
}
