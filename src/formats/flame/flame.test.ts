import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { matchedWeight, mergedLayout, timeLayout } from './client/layout.ts';
import { recogniseProfile } from './detect.ts';
import { pack } from './pack.ts';
import { readProfiles } from './read.ts';
import { weightText } from './shared/facts.ts';
import type { Profiles } from './shared/profile.ts';
import { createTree, type Stacks, totalsOf } from './shared/stack-tree.ts';

let dir = '';
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'webpipe-flame-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

async function read(type: string, content: string | Uint8Array): Promise<Profiles> {
  const path = join(dir, 'profile');
  await writeFile(path, content);
  return readProfiles(path, type);
}

/** Converts stacks to folded lines and their weights. */
function folded(stacks: Stacks | undefined): Record<string, number> {
  const lines: Record<string, number> = {};
  if (!stacks) return lines;
  for (let node = 1; node < stacks.parent.length; node++) {
    if (!stacks.self[node]) continue;
    const path: string[] = [];
    for (let ancestor = node; ancestor > 0; ancestor = stacks.parent[ancestor] ?? 0)
      path.unshift(stacks.names[stacks.name[ancestor] ?? 0] ?? '');
    lines[path.join(';')] = stacks.self[node] ?? 0;
  }
  return lines;
}

const stacksOf = async (type: string, content: string | Uint8Array) =>
  folded((await read(type, content)).profiles[0]?.stacks);

describe('the formats', () => {
  test('folded stacks: equal stacks are added up, invalid lines counted', async () => {
    const profiles = await read('folded', 'a;b 1\r\na;b 2\n\na 3\nä;x y (z) 0.5\nno number\na;b -1\n');
    expect(folded(profiles.profiles[0]?.stacks)).toEqual({ 'a;b': 3, a: 3, 'ä;x y (z)': 0.5 });
    expect(profiles.notes).toEqual(['Lines that are not a stack and a number: 2, the first of them line 6.']);
  });

  test('perf script: one profile per event; kernel, JIT and unknown functions are marked', async () => {
    const text =
      '# comment\nmy comm  12/13 [001] 1.5:     250000 cpu-clock:pppH: \n\tffff1 do_it+0x1f ([kernel.kallsyms])\n' +
      '\t   7f2 [unknown] (/usr/lib/libc.so.6)\n\t   7f3 main+0x2 (/bin/x)\n\nswapper     0 [000] 2.5: cycles:u: \n\t1 jit+0x1 (/tmp/perf-12.map)\n\n';
    const { profiles, notes } = await read('perf', text);
    expect(profiles.map(({ name, unit }) => [name, unit])).toEqual([
      ['cpu-clock:pppH', 'samples'],
      ['cycles:u', 'samples'],
    ]);
    expect(folded(profiles[0]?.stacks)).toEqual({ 'my comm;main;[libc.so.6];do_it_[k]': 1 });
    expect(folded(profiles[1]?.stacks)).toEqual({ 'swapper;jit_[j]': 1 });
    expect(notes).toEqual([]);
  });

  test('perf script without stacks', async () => {
    const text =
      '  node 234 16.9:   101 cpu-clock:   1ab7 copy+0x12 (/usr/bin/node)\n  node 234 16.9:   101 cpu-clock:   1ab7 other+0x12 (/usr/bin/node)\n';
    expect(await stacksOf('perf', text)).toEqual({ 'node;copy': 1, 'node;other': 1 });
    expect(recogniseProfile(Buffer.from(text))).toBe('perf');
  });

  test('perf script: commands with spaces and numbers, removed files, unknown modules, no time', async () => {
    const { profiles } = await read(
      'perf',
      'job 2 of 3  4711/4713 [002]  9000.100000:        100 cycles:u:\n\t7f2 f+0x1 (/opt/prog (deleted))\n\n' +
        'job 10  4712  9000.200000:        300 cycles:u:\n\t7f2 [unknown] ([unknown])\n\t7f3 [unknown] (/tmp/a b.so)\n\n' +
        'worker 4713 cycles:u:\n\t7f2 g (/opt/prog)\n\n',
    );
    expect(profiles.map(({ name }) => name)).toEqual(['cycles:u, by period', 'cycles:u, by samples']);
    expect(folded(profiles[0]?.stacks)).toEqual({
      'job 2 of 3;f': 100,
      'job 10;[a b.so];[unknown]': 300,
      'worker;g': 1,
    });
    expect(folded(profiles[1]?.stacks)).toEqual({ 'job 2 of 3;f': 1, 'job 10;[a b.so];[unknown]': 1, 'worker;g': 1 });
    expect(profiles[0]?.stacks.lanes[0]?.weights).toEqual([100, 300, 1]);
    expect(profiles[1]?.stacks.lanes[0]?.weights).toEqual([1, 1, 1]);
  });

  test('heapprofile: the bytes of each function, and of deep stacks of their deepest frame', async () => {
    const frame = (functionName: string) => ({ functionName, url: 'file:///a/m.js', lineNumber: 2 });
    let deepest = { callFrame: frame('leaf'), selfSize: 7, children: [] as object[] };
    for (let i = 0; i < 600; i++) deepest = { callFrame: frame('again'), selfSize: 0, children: [deepest] };
    const head = {
      callFrame: { functionName: '(root)' },
      selfSize: 0,
      children: [{ callFrame: frame(''), selfSize: 5 }, deepest],
    };
    const text = JSON.stringify({ head, samples: [] });
    expect(recogniseProfile(Buffer.from(text))).toBe('heapprofile');
    const stacks = await stacksOf('heapprofile', text);
    expect(Object.values(stacks).sort()).toEqual([5, 7]);
    expect(stacks['(anonymous) m.js:3']).toBe(5);
  });

  test('cpuprofile: a sample lasts until the next one; cyclic nodes do not hang', async () => {
    const frame = (functionName: string, url = '') => ({ functionName, url, lineNumber: 4 });
    const nodes = [
      { id: 1, callFrame: frame('(root)'), children: [2] },
      { id: 2, callFrame: frame('main', 'file:///a/m.js'), children: [3] },
      { id: 3, callFrame: frame('') },
      { id: 8, callFrame: frame('x'), children: [9] },
      { id: 9, callFrame: frame('y'), children: [8] },
    ];
    expect(
      await stacksOf('cpuprofile', JSON.stringify({ nodes, samples: [2, 3, 3, 2], timeDeltas: [9, 10, 20, 30] })),
    ).toEqual({
      'main m.js:5': 10,
      'main m.js:5;(anonymous)': 50,
    });
    expect(Object.keys(await stacksOf('cpuprofile', JSON.stringify({ nodes, samples: [9] })))).toHaveLength(1);
    // Samples that are reported late: at 100, 60, 160 and 250 µs; the last one lasts until the end.
    const late = { nodes, startTime: 0, endTime: 300, samples: [2, 3, 2, 3], timeDeltas: [100, -40, 100, 90] };
    expect(await stacksOf('cpuprofile', JSON.stringify(late))).toEqual({
      'main m.js:5': 150,
      'main m.js:5;(anonymous)': 90,
    });
  });

  test('speedscope: samples and events', async () => {
    const file = {
      $schema: 'https://www.speedscope.app/file-format-schema.json',
      shared: { frames: [{ name: 'a', file: '/x/a.py', line: 3 }, { name: 'b' }] },
      profiles: [
        { type: 'sampled', name: 't', unit: 'seconds', samples: [[0], [0, 1], [0, 7]], weights: [1, 2, 3] },
        {
          type: 'evented',
          name: 'e',
          unit: 'milliseconds',
          startValue: 5,
          events: [
            { type: 'O', frame: 0, at: 5 },
            { type: 'O', frame: 1, at: 7 },
            { type: 'C', frame: 1, at: 10 },
            { type: 'C', frame: 0, at: 11 },
          ],
        },
      ],
    };
    const { profiles } = await read('json', JSON.stringify(file));
    expect(folded(profiles[0]?.stacks)).toEqual({ 'a a.py:3': 1, 'a a.py:3;b': 2, 'a a.py:3;[unknown]': 3 });
    expect(folded(profiles[1]?.stacks)).toEqual({ 'a a.py:3': 3, 'a a.py:3;b': 3 });
  });

  test('Chrome traces: slices are nested by time; the list may be incomplete', async () => {
    const events = [
      { ph: 'M', pid: 1, tid: 2, name: 'thread_name', args: { name: 'Main' } },
      { ph: 'X', pid: 1, tid: 2, name: 'outer', ts: 100, dur: 50 },
      { ph: 'B', pid: 1, tid: 2, name: 'in{"ner', ts: 110 },
      { ph: 'E', pid: 1, tid: 2, ts: 120 },
      { ph: 'X', pid: 1, tid: 2, name: 'later', ts: 170, dur: 10 },
      { ph: 'i', pid: 1, tid: 2, name: 'mark', ts: 1 },
    ].map((event) => JSON.stringify(event));
    const stacks = { 'Main 2': 20, 'Main 2;outer': 40, 'Main 2;outer;in{"ner': 10, 'Main 2;later': 10 };
    expect(await stacksOf('trace.json', `{"other":1,"traceEvents":[${events.join(',')}]}`)).toEqual(stacks);
    const cut = await read('trace.json', `[${events.join(',\n')},{"ph":"X"`);
    expect(folded(cut.profiles[0]?.stacks)).toEqual(stacks);
    expect(cut.notes[0]).toBe('The list has no end: the file seems to be cut.');
    const broken = await read('trace.json', `[${events.slice(0, 2).join(',')},{"ph":X},${events[2]}]`);
    expect(broken.notes[0]).toMatch(/^The object at byte \d+ cannot be read/);
  });

  test('pprof: compressed or not; other data is rejected', async () => {
    const { Profile, StringTable } = await import('pprof-format');
    const table = new StringTable();
    const s = (text: string) => table.dedup(text);
    const bytes = new Profile({
      sampleType: [
        { type: s('samples'), unit: s('count') },
        { type: s('cpu'), unit: s('nanoseconds') },
      ],
      sample: [{ locationId: [2, 1], value: [3, 3000] }],
      location: [
        { id: 1, line: [{ functionId: 1, line: 7 }] },
        { id: 2, line: [{ functionId: 2 }, { functionId: 1 }] },
      ],
      function: [
        { id: 1, name: s('main'), filename: s('/go/main.go'), startLine: 3 },
        { id: 2, name: s('inlined') },
      ],
      stringTable: table,
    }).encode();
    for (const content of [bytes, gzipSync(bytes)]) {
      expect(recogniseProfile(content.subarray(0, 4096))).toBe('pprof');
      const { profiles } = await read('x', content);
      expect(profiles.map(({ name, unit }) => `${name} ${unit}`)).toEqual(['cpu nanoseconds', 'samples count']);
      expect(folded(profiles[0]?.stacks)).toEqual({ 'main main.go:3;main main.go:3;inlined': 3000 });
    }
    await expect(read('pprof', gzipSync(bytes).subarray(0, 40))).rejects.toThrow(/inflated/);
    await expect(read('pprof', Buffer.alloc(100, 0xff))).rejects.toThrow(/not a pprof profile/);
  });
});

test.each([
  ['main;a 10\nmain;b 2\n', 'folded'],
  ['main;a 10\n', undefined],
  ['a;b\nc;d 3\n', undefined],
  ['int a; 1\nint b; 2\nreturn a; 3;\n', undefined],
  ['comm 1 [000] 2.5:  10 cycles:\n\tff f+0x1 (/x)\n', 'perf'],
  ['total 12\ndrwx 1 [000] x\n', undefined],
  ['[{"a":1}]', undefined],
  ['[{"name":"x","ph":"X","ts":1}]', 'trace'],
  ['{"nodes":[{"id":1,"callFrame":{}}]}', 'cpuprofile'],
  ['', undefined],
])('%j is recognised as %s', (text, format) => expect(recogniseProfile(Buffer.from(text))).toBe(format));

describe('the tree', () => {
  const stack = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 6 });

  test('adds up weights per stack', () => {
    fc.assert(
      fc.property(fc.array(stack, { maxLength: 200 }), (stacks) => {
        const tree = createTree();
        const expected: Record<string, number> = {};
        for (const frames of stacks) {
          let node = 0;
          for (const frame of frames) node = tree.child(node, tree.name(frame));
          tree.add(node, 1);
          const key = frames.join(';');
          expected[key] = (expected[key] ?? 0) + 1;
        }
        expect(folded(tree.result())).toEqual(expected);
      }),
    );
  });

  test('prunes its smallest nodes and keeps their weight', () => {
    const tree = createTree(2000);
    const lane = tree.lane(0);
    for (let i = 0; i < 50_000; i++) {
      const path = i % 2 === 0 ? ['big', 'inner'] : ['small', `f${i}`];
      let node = 0;
      for (const frame of path) node = tree.child(node, tree.name(frame));
      tree.add(node, 1, lane);
      tree.prune();
    }
    const stacks = tree.result();
    expect(stacks.parent.length).toBeLessThanOrEqual(2001);
    expect(stacks.names.length).toBeLessThanOrEqual(2003);
    expect(totalsOf(stacks.parent, stacks.self)[0]).toBe(50_000);
    expect(folded(stacks)['big;inner']).toBe(25_000);
    expect(lane.nodes.length).toBeLessThanOrEqual(20_000);
    expect(lane.weights.reduce((sum, weight) => sum + weight, 0)).toBe(50_000);
    expect(stacks.dropped).toBeGreaterThan(20_000);
  });
});

describe('the layout', () => {
  const packed = async (text: string, nodes = 100) => pack((await read('folded', text)).profiles, { nodes, runs: 100 });

  test('children lie within their parents, the heaviest first', async () => {
    const { profiles, names } = await packed('a;x 1\na;y 5\nb 2\na 1\n');
    const layout = mergedLayout(profiles[0]!);
    expect(layout.width).toBe(9);
    const rows = layout.rows.map((row) =>
      row.map(({ node, x, width }) => `${names[profiles[0]!.nodes[node * 4]!]} ${x}+${width}`),
    );
    expect(rows).toEqual([[' 0+9'], ['a 0+7', 'b 7+2'], ['y 0+5', 'x 5+1']]);
    expect(profiles[0]!.top[0]).toEqual(['y', 5, 5]);
  });

  test('recursive calls are counted once', async () => {
    const { profiles, names } = await packed('f;g;f 3\nf 1\n');
    expect(profiles[0]!.top).toEqual([['f', 4, 4]]);
    expect(matchedWeight(profiles[0]!, (name) => names[name] === 'f')).toBe(4);
  });

  test('in order of time, adjacent equal frames are merged', () => {
    const tree = createTree();
    const lane = tree.lane(10);
    const a = tree.child(0, tree.name('a'));
    const b = tree.child(a, tree.name('b'));
    for (const node of [a, b, b, 0, b]) tree.add(node, 1, lane);
    const { profiles } = pack([{ name: '', unit: 'samples', stacks: tree.result() }], { nodes: 100, runs: 100 });
    const layout = timeLayout(profiles[0]!);
    expect(layout.rows.map((row) => row.map(({ x, width }) => [x, width]))).toEqual([
      [
        [10, 3],
        [14, 1],
      ],
      [
        [11, 2],
        [14, 1],
      ],
    ]);
  });

  test('omitted nodes count in the weight of their parent', async () => {
    const lines = Array.from({ length: 500 }, (_, i) => `a;f${i} ${i + 1}`).join('\n');
    const { profiles, isComplete } = await packed(lines, 50);
    expect(isComplete).toBe(false);
    expect(profiles[0]!.nodes.length).toBe(50 * 4);
    expect(profiles[0]!.nodes.slice(0, 8)).toEqual([0, 0, 125_250, 0, 1, 1, 125_250, 0]);
  });
});

test.each([
  [1234, 'samples', '1,234 samples'],
  [1, 'samples', '1 sample'],
  [1_500_000, 'microseconds', '1.50 s'],
  [0.25, 'seconds', '250 ms'],
  [0, 'seconds', '0.00 ns'],
  [30_100_000, 'bytes', '30.1 MB'],
] as const)('%d %s are %s', (weight, unit, text) => expect(weightText(weight, unit)).toBe(text));
