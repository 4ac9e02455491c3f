import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { golden } from '../test/support/golden.ts';
import { compressed, manyMembers, sheets } from './samples-python.ts';

const MB = 1e6;

/** A type for which files of any size can be generated. */
export interface Sample {
  /** The label in tables; also the file name extension unless `ending` is given. */
  readonly label: string;
  readonly extension?: string;
  /** The size of the largest file, bytes (default: 1 GB). */
  readonly maxSize?: number;
  /** Writes a well-formed file of about `size` bytes. Throws if a tool is missing. */
  make(path: string, size: number): void;
}

/** A text with a beginning, a part that is repeated up to the size, and an end. */
function repeated(label: string, head: string, part: string, tail = '', extension?: string, maxSize?: number): Sample {
  return {
    label,
    extension,
    maxSize,
    make: (path, size) => fill(path, Buffer.from(head), Buffer.from(part), tail, size),
  };
}

/** A list of equal items, separated by commas. */
function listed(label: string, head: string, item: string, tail: string, extension?: string): Sample {
  return repeated(label, `${head}${item}`, `,\n${item}`, tail, extension);
}

/** Writes `head`, then `part` repeatedly up to `size` bytes, then `tail`. */
function fill(path: string, head: Uint8Array, part: Uint8Array, tail: string | Uint8Array, size: number): void {
  const file = openSync(path, 'w');
  try {
    writeSync(file, head);
    const room = Math.max(0, size - head.length - tail.length);
    let remaining = Math.max(1, Math.floor(room / part.length));
    const block = Math.max(1, Math.min(remaining, Math.floor((4 * MB) / part.length)));
    const many = Buffer.concat(Array.from({ length: block }, () => part));
    for (; remaining > 0; remaining -= block) writeSync(file, many, 0, Math.min(remaining, block) * part.length);
    writeSync(file, typeof tail === 'string' ? Buffer.from(tail) : tail);
  } finally {
    closeSync(file);
  }
}

const words = 'some words of an ordinary text as people write them';
const time = '2026-01-02T03:04:05.678Z';

/** Writes a head, followed by arbitrary bytes up to the size. */
function padded(head: Buffer, path: string, size: number): void {
  fill(path, head, Buffer.alloc(1000, 0x55), '', size);
}

function wav(path: string, size: number): void {
  const head = Buffer.alloc(44);
  const bytes = Math.floor((size - 44) / 4) * 4;
  head.write('RIFF', 0, 'latin1');
  head.writeUInt32LE(36 + bytes, 4);
  head.write('WAVEfmt ', 8, 'latin1');
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(2, 22);
  head.writeUInt32LE(44_100, 24);
  head.writeUInt32LE(176_400, 28);
  head.writeUInt16LE(4, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36, 'latin1');
  head.writeUInt32LE(bytes, 40);
  padded(head, path, size);
}

/** A video from a camera, followed by unused space. */
function mp4(path: string, size: number): void {
  const film = readFileSync(golden('mp4/h264/input.mp4'));
  const file = openSync(path, 'w');
  try {
    writeSync(file, film);
    const bytes = size - film.length;
    if (bytes < 8) return;
    const head = Buffer.alloc(8);
    head.writeUInt32BE(bytes, 0);
    head.write('free', 4, 'latin1');
    writeSync(file, head);
    const block = Buffer.alloc(MB, 0x55);
    for (let remaining = bytes - 8; remaining > 0; remaining -= MB) writeSync(file, block, 0, Math.min(remaining, MB));
  } finally {
    closeSync(file);
  }
}

/** Uncompressed RGB pixels, in strips of several rows. */
function tiff(path: string, size: number): void {
  const side = Math.max(8, Math.floor(Math.sqrt(size / 3)));
  const rows = Math.max(1, Math.floor(8192 / (side * 3)));
  const strips = Math.ceil(side / rows);
  const tags = 10;
  const end = 8 + 2 + tags * 12 + 4;
  const [bits, offsets, counts] = [end, end + 6, end + 6 + strips * 4];
  const data = counts + strips * 4;
  const head = Buffer.alloc(data);
  head.write('II*\0', 0, 'latin1');
  head.writeUInt32LE(8, 4);
  head.writeUInt16LE(tags, 8);
  const list: [number, number, number, number][] = [
    [256, 4, 1, side],
    [257, 4, 1, side],
    [258, 3, 3, bits],
    [259, 3, 1, 1],
    [262, 3, 1, 2],
    [273, 4, strips, strips === 1 ? data : offsets],
    [277, 3, 1, 3],
    [278, 4, 1, rows],
    [279, 4, strips, strips === 1 ? side * side * 3 : counts],
    [284, 3, 1, 1],
  ];
  for (const [i, [tag, type, count, value]] of list.entries()) {
    const at = 10 + i * 12;
    head.writeUInt16LE(tag, at);
    head.writeUInt16LE(type, at + 2);
    head.writeUInt32LE(count, at + 4);
    head.writeUInt32LE(value, at + 8);
  }
  for (let i = 0; i < 3; i++) head.writeUInt16LE(8, bits + i * 2);
  for (let i = 0; i < strips; i++) {
    head.writeUInt32LE(data + i * rows * side * 3, offsets + i * 4);
    head.writeUInt32LE(Math.min(rows, side - i * rows) * side * 3, counts + i * 4);
  }
  padded(head, path, data + side * side * 3);
}

/** Pages of text. Larger files have longer pages, so that there are at most some thousand pages. */
function pdf(path: string, size: number): void {
  const pages = Math.max(1, Math.min(2000, Math.floor(size / 8000)));
  const each = Math.floor(size / pages) - 300;
  const file = openSync(path, 'w');
  const offsets: number[] = [];
  let at = 0;
  const put = (text: string | Buffer) => {
    at += typeof text === 'string' ? writeSync(file, text) : writeSync(file, text);
  };
  const object = (id: number, ...parts: (string | Buffer)[]) => {
    offsets[id] = at;
    put(`${id} 0 obj\n`);
    for (const part of parts) put(part);
    put('\nendobj\n');
  };
  try {
    put('%PDF-1.4\n');
    object(1, '<</Type/Catalog/Pages 2 0 R>>');
    const kids = Array.from({ length: pages }, (_, i) => `${4 + i * 2} 0 R`).join(' ');
    object(2, `<</Type/Pages/Count ${pages}/Kids[${kids}]>>`);
    object(3, '<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>');
    const line = Buffer.from(`BT /F1 12 Tf 50 700 Td (${words}) Tj ET\n`);
    const stream = Buffer.concat(Array.from({ length: Math.max(1, Math.floor(each / line.length)) }, () => line));
    for (let i = 0; i < pages; i++) {
      object(
        4 + i * 2,
        `<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 3 0 R>>>>/Contents ${5 + i * 2} 0 R>>`,
      );
      object(5 + i * 2, `<</Length ${stream.length}>>stream\n`, stream, 'endstream');
    }
    const from = at;
    put(`xref\n0 ${offsets.length}\n0000000000 65535 f \n`);
    for (const offset of offsets.slice(1)) put(`${String(offset).padStart(10, '0')} 00000 n \n`);
    put(`trailer<</Size ${offsets.length}/Root 1 0 R>>\nstartxref\n${from}\n%%EOF\n`);
  } finally {
    closeSync(file);
  }
}

function pcap(path: string, size: number): void {
  const head = Buffer.alloc(24);
  head.writeUInt32LE(0xa1b2c3d4, 0);
  head.writeUInt16LE(2, 4);
  head.writeUInt16LE(4, 6);
  head.writeUInt32LE(65_535, 16);
  head.writeUInt32LE(1, 20);
  const packet = Buffer.alloc(16 + 42 + 200, 0x61);
  packet.writeUInt32LE(1_767_000_000, 0);
  packet.writeUInt32LE(0, 4);
  packet.writeUInt32LE(242, 8);
  packet.writeUInt32LE(242, 12);
  // Ethernet, IPv4, UDP to port 53.
  Buffer.from('0200000000010200000000020800450000e400004000401100000a0000010a00000230390035', 'hex').copy(packet, 16);
  packet.writeUInt16BE(208, 16 + 38);
  fill(path, head, packet, '', size);
}

function sqlite(path: string, size: number): void {
  const count = Math.max(4, Math.floor(size / 1000));
  const sql = `pragma page_size=4096; pragma journal_mode=off; pragma synchronous=off;
create table items(id integer primary key, name text, value real, words text);
with recursive n(i) as (select 1 union all select i + 1 from n where i < ${count})
insert into items select i, 'name ' || i, i / 7.0, hex(zeroblob(480)) from n;`;
  execFileSync('sqlite3', [path], { input: sql, stdio: ['pipe', 'ignore', 'inherit'] });
}

/** The same record batch, repeated. */
async function arrowBytes(): Promise<{ head: Uint8Array; batch: Uint8Array; tail: Uint8Array }> {
  const { tableFromArrays, tableToIPC } = await import('apache-arrow');
  const rows = 100;
  const table = tableFromArrays({
    id: Int32Array.from({ length: rows }, (_, i) => i),
    value: Float64Array.from({ length: rows }, (_, i) => i / 7),
  });
  const bytes = tableToIPC(table, 'stream');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  // A marker, the length of the metadata, the metadata; the schema has no body.
  const head = 8 + view.getInt32(4, true);
  return { head: bytes.subarray(0, head), batch: bytes.subarray(head, -8), tail: bytes.subarray(-8) };
}

const arrow = await arrowBytes();

/** A real table, with unused bytes between its columns and its metadata. */
function parquet(path: string, size: number): void {
  const bytes = readFileSync(golden('parquet/many-groups/input.parquet'));
  const foot = bytes.length - 8 - bytes.readUInt32LE(bytes.length - 8);
  fill(path, bytes.subarray(0, foot), Buffer.alloc(1000, 0x55), bytes.subarray(foot), size);
}

function png(path: string, size: number): void {
  const side = Math.max(8, Math.floor(Math.sqrt(size / 3)));
  execFileSync('convert', ['-size', `${side}x${side}`, 'xc:gray', '+noise', 'Random', '-depth', '8', `png24:${path}`], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

function bin(path: string, size: number): void {
  fill(path, Buffer.from([0, 1, 2, 3]), randomBytes(Math.min(size, MB)), '', size);
}

function sparse(path: string, size: number): void {
  const file = openSync(path, 'w');
  ftruncateSync(file, size);
  closeSync(file);
}

/** The repeated output of a real tool. Header lines are not repeated. */
function real(label: string, path: string, headLines: number): Sample {
  const text = readFileSync(golden(`${label}/${path}`), 'utf8');
  const lines = text.split('\n');
  const head = lines
    .slice(0, headLines)
    .map((line) => `${line}\n`)
    .join('');
  return repeated(label, head, text.slice(head.length));
}

const stack = Array.from(
  { length: 12 },
  (_, i) => `\t    55d0c0ffee${10 + i} function_number_${i}+0x1f (/usr/bin/example)\n`,
).join('');
const perfSample = (n: number) =>
  `worker-${n} 12${n} [000] 12.${String(n).padStart(6, '0')}:   10101010 cpu-clock:pppH: \n${stack}\n`;
const event = (n: number) =>
  `{"name":"task ${n}","cat":"work","ph":"X","ts":${n * 100},"dur":80,"pid":1,"tid":${n % 4},"args":{"n":${n}}}`;
const request =
  `{"startedDateTime":"${time}","time":90,"request":{"method":"GET","url":"https://example.org/a/b/c.html",` +
  '"httpVersion":"HTTP/1.1","headers":[{"name":"Accept","value":"*/*"}],"queryString":[],"cookies":[],' +
  '"headersSize":-1,"bodySize":0},"response":{"status":200,"statusText":"OK","httpVersion":"HTTP/1.1",' +
  '"headers":[{"name":"Content-Type","value":"text/html"}],"cookies":[],"content":{"size":1000,' +
  `"mimeType":"text/html","text":"${words.repeat(10)}"},"redirectURL":"","headersSize":-1,"bodySize":1000},` +
  '"cache":{},"timings":{"blocked":1,"dns":5,"connect":30,"ssl":20,"send":1,"wait":50,"receive":4}}';
const feature =
  '{"type":"Feature","properties":{"name":"a place","count":3},"geometry":{"type":"Polygon",' +
  '"coordinates":[[[8.1,47.2],[8.5,47.25],[8.6,47.5],[8.2,47.6],[8.1,47.2]]]}}';
const entry =
  '{"__CURSOR":"s=1;i=2","__REALTIME_TIMESTAMP":"1767000000000000","__MONOTONIC_TIMESTAMP":"1",' +
  '"_BOOT_ID":"b","PRIORITY":"6","SYSLOG_IDENTIFIER":"sshd","_SYSTEMD_UNIT":"ssh.service",' +
  `"_HOSTNAME":"host","MESSAGE":"${words}"}\n`;
const cell =
  '{"cell_type":"code","execution_count":1,"id":"a","metadata":{},"outputs":[{"name":"stdout",' +
  `"output_type":"stream","text":["${words}\\n"]}],"source":["print('${words}')"]}`;
const change = ` context of the change\n-an old line of it\n+a new line of it\n more of the context\n`;
const base64 = `${Buffer.alloc(57, 0x55).toString('base64')}\r\n`;

/** One type per row. */
export const samples: readonly Sample[] = [
  repeated('txt', '', `${words}\n`),
  repeated('log', '', `${time} INFO  worker: ${words}\n`),
  repeated('ansi', '', `\x1b[32mok\x1b[0m ${words} \x1b[1;31mbad\x1b[0m\n`),
  repeated('csv', 'id,words,date,value,flag\n', '1234,some words,2026-01-02,3.25,true\n'),
  repeated('tsv', 'id\twords\tdate\tvalue\n', '1234\tsome words\t2026-01-02\t3.25\n'),
  repeated('ndjson', '', `{"time":"${time}","level":"info","n":12,"message":"${words}"}\n`),
  listed('json', '[', `{"id":1234,"name":"${words}","values":[1,2,3.5],"more":{"a":true,"b":null}}`, ']\n'),
  repeated('yaml', 'items:\n', `  - name: a name\n    words: ${words}\n    values: [1, 2, 3]\n`),
  repeated(
    'xml',
    '<?xml version="1.0"?>\n<items>\n',
    `  <item id="1"><name>a name</name><words>${words}</words></item>\n`,
    '</items>\n',
  ),
  repeated('toml', 'title = "items"\n', `[[items]]\nname = "a name"\nwords = "${words}"\nvalues = [1, 2]\n`),
  repeated('md', '# A title\n\n', `## A part\n\n${words}, with *emphasis* and \`code\`.\n\n- one\n- two\n\n`),
  repeated('diff', 'diff --git a/a.txt b/a.txt\n--- a/a.txt\n+++ b/a.txt\n', `@@ -1,3 +1,3 @@\n${change}`),
  repeated('py', 'import sys\n\n', `def function(argument):\n    """${words}"""\n    return argument + 1\n\n`),
  repeated(
    'html',
    '<!doctype html><html><head><title>A title</title></head><body>\n',
    `<p>${words}</p>\n`,
    '</body></html>\n',
  ),
  listed(
    'ipynb',
    '{"nbformat":4,"nbformat_minor":5,"metadata":{"kernelspec":{"name":"python3","language":"python","display_name":"Python 3"}},"cells":[',
    cell,
    ']}\n',
  ),
  repeated(
    'eml',
    `From: a@example.org\r\nTo: b@example.org\r\nSubject: ${words}\r\nDate: Fri, 2 Jan 2026 03:04:05 +0000\r\n` +
      'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="edge"\r\n\r\n--edge\r\n' +
      `Content-Type: text/plain\r\n\r\n${words}\r\n--edge\r\n` +
      'Content-Type: application/octet-stream; name="a.bin"\r\n' +
      'Content-Disposition: attachment; filename="a.bin"\r\nContent-Transfer-Encoding: base64\r\n\r\n',
    base64,
    '--edge--\r\n',
  ),
  { label: 'parquet', make: parquet },
  { label: 'arrow', make: (path, size) => fill(path, arrow.head, arrow.batch, arrow.tail, size) },
  { label: 'sqlite', make: sqlite },
  { label: 'xlsx', maxSize: 100 * MB, make: sheets },
  { label: 'tar, members of 1 MB', extension: 'tar', make: (path, size) => manyMembers(path, size, 1e6) },
  { label: 'tar, members of 4 KB', extension: 'tar', make: (path, size) => manyMembers(path, size, 4e3) },
  { label: 'tar.gz', make: compressed },
  { label: 'zip, members of 1 MB', extension: 'zip', make: (path, size) => manyMembers(path, size, 1e6) },
  { label: 'zip, members of 4 KB', extension: 'zip', make: (path, size) => manyMembers(path, size, 4e3) },
  { label: 'png', maxSize: 200 * MB, make: png },
  { label: 'tiff', make: tiff },
  { label: 'pdf', make: pdf },
  { label: 'mp4', make: mp4 },
  { label: 'wav', make: wav },
  listed('geojson', '{"type":"FeatureCollection","features":[', feature, ']}\n'),
  repeated('dot', 'digraph g {\n', 'a -> b [label="an edge"];\n', '}\n'),
  repeated('perf script', '', Array.from({ length: 50 }, (_, n) => perfSample(n)).join(''), '', 'perf'),
  repeated(
    'folded stacks',
    '',
    Array.from({ length: 100 }, (_, n) => `main;run;step_${n};inner_${n % 7} ${n + 1}\n`).join(''),
    '',
    'folded',
  ),
  listed(
    'Chrome trace',
    '{"traceEvents":[',
    Array.from({ length: 50 }, (_, n) => event(n)).join(',\n'),
    ']}\n',
    'trace.json',
  ),
  listed('har', '{"log":{"version":"1.2","creator":{"name":"a browser","version":"1"},"entries":[', request, ']}}\n'),
  repeated('journal', '', entry),
  repeated('du', '', Array.from({ length: 200 }, (_, n) => `${n * 4}\t./folder/part-${n % 20}/file-${n}\n`).join('')),
  real('vmstat', 'seconds/input.vmstat', 2),
  real('sar', 'cpu-memory/input.sar', 2),
  real('ps', 'aux/input.ps', 1),
  { label: 'pcap', make: pcap },
  repeated('cast', '{"version":2,"width":80,"height":24}\n', `[1.5,"o","${words}\\r\\n"]\n`),
  { label: 'bin', make: bin },
  { label: 'bin, all zeros', extension: 'bin', make: sparse },
];
