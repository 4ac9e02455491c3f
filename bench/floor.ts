/**
 * The floor for shows: a bare Node TCP server that sends each line it receives through an open WebSocket into the DOM
 * of a page. It runs as a separate process, `node floor.mjs`, which prints its two ports.
 */
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { WebSocketServer } from 'ws';

const PAGE = `<!doctype html><meta charset="utf-8"><title>floor</title><body><script>
const socket = new WebSocket('ws://' + location.host);
socket.onopen = () => { document.title = 'open'; };
socket.onmessage = (event) => { const p = document.createElement('p'); p.textContent = event.data; document.body.append(p); };
</script>`;

/** Starts the floor's servers. Resolves when both listen. */
export async function serveFloor(): Promise<{ http: number; tcp: number }> {
  const http = createServer((_, response) => response.setHeader('Content-Type', 'text/html').end(PAGE));
  const sockets = new WebSocketServer({ server: http, perMessageDeflate: false });
  const tcp = createTcpServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => {});
    socket.on('data', (data) => {
      for (const client of sockets.clients) client.send(data.toString());
    });
    socket.on('end', () => socket.end('ok\n'));
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  await new Promise<void>((resolve) => tcp.listen(0, '127.0.0.1', resolve));
  return { http: (http.address() as AddressInfo).port, tcp: (tcp.address() as AddressInfo).port };
}
