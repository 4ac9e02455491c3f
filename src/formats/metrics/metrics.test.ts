import { describe, expect, test } from 'vitest';
import { keysOf, panelsOf } from './client/panels.ts';
import { createStore } from './client/store.ts';
import type { Sample } from './shared/sample.ts';
import { readerOf, toolOf } from './shared/tools.ts';
import { samplesOfJson } from './sysstat-json.ts';

function read(text: string): { samples: Sample[]; unknown: string[] } {
  const tool = toolOf(text);
  if (!tool) throw new Error('none of the tools');
  const samples: Sample[] = [];
  const line = readerOf(tool, (sample) => samples.push(sample));
  return { samples, unknown: text.split('\n').filter((row) => !line(row)) };
}

/** Samples as compact text. */
const textOf = (samples: readonly Sample[]) =>
  samples.map(
    ({ table, key, time, tick, values }) =>
      `${table}${key && ` ${key}`} ${time ?? `#${tick}`} ${values.map((pair) => pair.join('=')).join(' ')}`,
  );

const VMSTAT = `procs -----------memory---------- ---swap-- -----io---- -system-- ------cpu-----
 r  b   swpd   free   buff  cache   si   so    bi    bo   in   cs us sy id wa st
18  0      0 19879364  32820 2932208    0    0  1137 23008 1044 4114 29 12 57  1  0
11  2      0 19879364  32820 2932208    0    0   464  1244 3003 14347 85 15  0  1  0
`;

describe('vmstat', () => {
  test('one table per group of columns; the first report covers the time since boot', () => {
    const { samples, unknown } = read(`${VMSTAT}${VMSTAT.split('\n').slice(0, 2).join('\n')}\nnonsense\n`);
    expect(unknown).toEqual(['nonsense']);
    expect(textOf(samples).slice(6)).toEqual([
      'cpu #1 us=85 sy=15 id=0 wa=1 st=0',
      'processes #1 r=11 b=2',
      `memory #1 swpd=0 free=${19879364 * 1024} buff=${32820 * 1024} cache=${2932208 * 1024}`,
      'blocks #1 bi=464 bo=1244',
      'system #1 in=3003 cs=14347',
      'swap #1 si=0 so=0',
    ]);
  });

  test('reads wide output with timestamps and additional columns', () => {
    const { samples } =
      read(`--procs-- -----------------------memory---------------------- ---swap-- -----io---- -system-- ----------cpu---------- -----timestamp-----
   r    b         swpd         free        inact       active   si   so    bi    bo   in   cs  us  sy  id  wa  st  gu                 UTC
  13    0            0     19808904        33012      2937480    0    0  1137 23005 1044 4114  29  12  57   1   0   3 2026-11-24 18:50:35
`);
    expect(textOf(samples)[0]).toBe('cpu 1795546235 us=29 sy=12 id=57 wa=1 st=0 gu=3');
  });

  test('a column that is not known does not shift those after it', () => {
    const { samples } = read(
      `procs -----------memory---------- ---swap-- -----io---- -system-- ------cpu-----\n r  b swpd free buff cache si so bi bo in cs us ni sy id\n 1 0 2 3 4 5 6 7 8 9 10 11 12 13 14 61\n`,
    );
    expect(textOf(samples)[0]).toBe('cpu #0 us=12 sy=14 id=61');
  });
});

describe('sysstat', () => {
  test('iostat: two tables; reports are numbered, or have a timestamp above them', () => {
    const report = (date: string, user: string) =>
      `${date}avg-cpu:  %user   %idle\n          ${user}   57,37\n\nDevice             tps    kB_read/s\nvda             259.37      2259.77\nsda               1.00         0.50\n\n\n`;
    const banner = 'Linux 6.1.0-18-amd64 (web1) \t11/24/26 \t_x86_64_\t(2 CPU)\n\n';
    const { samples, unknown } = read(banner + report('', '28.22') + report('', '84.50'));
    expect(unknown).toEqual([]);
    expect(textOf(samples)).toEqual([
      'cpu #0 %user=28.22 %idle=57.37',
      'disk vda #0 tps=259.37 kB_read/s=2259.77',
      'disk sda #0 tps=1 kB_read/s=0.5',
      'cpu #1 %user=84.5 %idle=57.37',
      'disk vda #1 tps=259.37 kB_read/s=2259.77',
      'disk sda #1 tps=1 kB_read/s=0.5',
    ]);
    const dated = read(banner + report('11/24/26 18:50:34\n', '1') + report('2026-11-24T18:50:35+0100\n', '2'));
    expect(dated.samples.map(({ time }) => time)).toEqual([
      1795546234, 1795546234, 1795546234, 1795546235, 1795546235, 1795546235,
    ]);
  });

  test('mpstat and sar: a time in each row, also with AM and PM; averages are skipped', () => {
    const { samples, unknown } = read(`Linux 6.1.0 (web1) 	11/24/26 	_x86_64_	(2 CPU)

06:50:35 PM  CPU    %usr   %idle
06:50:36 PM  all   78.00    0.00
06:50:36 PM    1   77.00    0.00

06:50:36 PM kbmemfree   kbavail
06:50:37 PM  19851448  22397932

Average:     CPU    %usr   %idle
Average:     all   80.00    0.00
`);
    expect(unknown).toEqual([]);
    expect(textOf(samples)).toEqual([
      'cpu all 67836 %usr=78 %idle=0',
      'cpu 1 67836 %usr=77 %idle=0',
      'memory 67837 kbmemfree=19851448 kbavail=22397932',
    ]);
  });

  test('pidstat: processes by command and pid, in both forms', () => {
    const { samples } = read(`Linux 6.1.0 (web1) 	11/24/26 	_x86_64_	(2 CPU)

18:50:33      UID       PID    %usr    %CPU   CPU  Command
18:50:34        0      3246   10.78   11.76     1  my node
# Time        UID       PID    %CPU  Command
1795546235      0      3246   11.76  node
`);
    expect(textOf(samples)).toEqual([
      'processes my node 3246 67834 %usr=10.78 %CPU=11.76',
      'processes node 3246 1795546235 %CPU=11.76',
    ]);
  });

  test('sizes with units (-h, --human) are in the unit of their column; -1 is no value', () => {
    const { samples } = read(`Linux 6.1.0 (web1) 	11/24/26 	_x86_64_	(2 CPU)

avg-cpu:  %user   %idle
           1.5%   56.0%

Device             tps    kB_read/s    MB_wrtn/s    kB_read  areq-sz aqu-sz
sda               8.59       222.1k         1.5M       1.5G    25.5k   0.20
`);
    expect(textOf(samples)).toEqual([
      'cpu #0 %user=1.5 %idle=56',
      `disk sda #0 tps=8.59 kB_read/s=222.1 MB_wrtn/s=1.5 kB_read=${1.5 * 1024 * 1024} areq-sz=25.5 aqu-sz=0.2`,
    ]);
    const processes = read(`Linux 6.1.0 (web1) 	11/24/26 	_x86_64_	(2 CPU)

18:50:33      UID       PID   kB_rd/s   kB_wr/s  Command
18:50:34        0      3246     -1.00      4.00  node
`);
    expect(textOf(processes.samples)).toEqual(['processes node 3246 67834 kB_wr/s=4']);
  });

  test.each([
    ['de', '00:10:01', '0,06', 'Durchschn.:'],
    ['fi', '00.10.01', '0,06', 'Keskiarvo:'],
    ['fr', '00:10:01', '0,06', 'Moyenne\u202f:'],
    ['vi', '00:10:01', '0,06', 'Trung bình:'],
    ['ja', '00時10分01秒', '0.06', '平均値:'],
    ['zh_CN, 12 hours', '上午12时10分01秒', '0.06', '平均时间:'],
    ['ko', '00시 10분 01초', '0.06', '평균값:'],
    ['en_AU, 12 hours', '12:10:01 am', '0.06', 'Average:'],
  ])('sar in the language %s', (_, time, user, average) => {
    const { samples, unknown } = read(`Linux 5.10.0-28-amd64 (host2) 	01.03.2026 	_x86_64_	(2 CPU)

${time.replace('10', '00')}        CPU     %user     %idle
${time}        all      ${user}     99.78
${average}     all      3.56     96.15

${average}        CPU     %user     %idle
${average}        all     3.56     96.15
`);
    expect(unknown).toEqual([]);
    expect(textOf(samples)).toEqual(['cpu all 601 %user=0.06 %idle=99.78']);
  });

  test('sadf -d and sadf -p', () => {
    expect(
      textOf(
        read(`# hostname;interval;timestamp;CPU;%user;%idle
vm;1;2026-11-24 18:50:38 UTC;-1;80.60;0.00
# hostname;interval;timestamp;ldavg-1
vm;1;1795546239;0.50
`).samples,
      ),
    ).toEqual(['cpu all 1795546238 %user=80.6 %idle=0', 'load 1795546239 ldavg-1=0.5']);
    expect(textOf(read('vm\t1\t2026-11-24 18:50:38 UTC\tall\t%user\t80.60\n').samples)).toEqual([
      'cpu all 1795546238 %user=80.6',
    ]);
  });

  test('JSON', () => {
    const hosts = [
      {
        statistics: [
          {
            timestamp: { date: '2026-11-24', time: '18:50:38' },
            'cpu-load': [{ cpu: 'all', user: 80.6 }],
            memory: { memfree: 1000, 'memused-percent': 2.5 },
            network: { 'net-dev': [{ iface: 'lo', rxpck: 77, rxkB: 5, 'ifutil-percent': 1 }] },
          },
        ],
      },
    ];
    expect(textOf(samplesOfJson({ sysstat: { hosts } }))).toEqual([
      'cpu all 1795546238 user=80.6',
      'memory 1795546238 kbmemfree=1000 %memused=2.5',
      'network lo 1795546238 rxpck/s=77 rxkB/s=5 %ifutil=1',
    ]);
    for (const other of [
      null,
      7,
      [],
      { sysstat: { hosts: [{ statistics: [null, 5, { a: { b: [[[[[[{ c: 1 }]]]]]] } }] }] } },
    ])
      expect(samplesOfJson(other)).toEqual([]);
  });
});

test('free, in KiB and with -h', () => {
  const header = '               total        used        free      shared  buff/cache   available\n';
  expect(
    textOf(
      read(
        `${header}Mem:     1000000   200000   700000   0  100000  800000\nSwap:              0           0           0\n`,
      ).samples,
    ),
  ).toEqual([
    'memory #1 total=1024000000 used=204800000 free=716800000 shared=0 buff/cache=102400000 available=819200000',
    'swap #1 total=0 used=0 free=0',
  ]);
  expect(
    textOf(read(`${header}Mem:            23Gi       2.5Mi        18B        0B       2,5Ki        21Gi\n`).samples)[0],
  ).toContain('used=2621440 free=18 shared=0 buff/cache=2560');
});

test('free and vmstat say where their output does not tell the unit; it is KiB only where that is possible', () => {
  const free = (total: string) =>
    read(`               total        used        free      shared  buff/cache   available
Mem:         ${total}         100         200         300         400         500
Swap:        2047           0        2047
`).samples.map(({ table, sizes, values }) => [table, sizes, values[0]?.[1]]);
  expect(free('7859')).toEqual([
    ['memory', 'unknown', 7859],
    ['swap', 'unknown', 2047],
  ]);
  expect(free('8047616')).toEqual([
    ['memory', 'assumed', 8047616 * 1024],
    ['swap', 'assumed', 2047 * 1024],
  ]);
  expect(free('7.7Gi')[0]).toEqual(['memory', undefined, 7.7 * 1024 ** 3]);
  const vmstat = (free: string) =>
    read(`procs -----------memory---------- ---swap-- -----io---- -system-- ------cpu-----
 r  b   swpd   free   buff  cache   si   so    bi    bo   in   cs us sy id wa st
 1  0      0 ${free} 32 2863    0    0     4     1  300  143 50 15 35  0  0
`).samples.find(({ table }) => table === 'memory');
  expect(vmstat('19413')).toMatchObject({
    sizes: 'unknown',
    values: [
      ['swpd', 0],
      ['free', 19413],
      ['buff', 32],
      ['cache', 2863],
    ],
  });
  expect(vmstat('19879364')).toMatchObject({ sizes: 'assumed' });
});

test.each([
  [
    'German',
    '              gesamt       benutzt     frei      gemns.  Puffer/Cache verfügbar\nSpeicher:  8047616 100 200 300 400 500\nSwap: 7 0 7\n',
    'gesamt',
  ],
  [
    'French',
    '               total       utilisé      libre     partagé tamp/cache   disponible\nMem:  8047616 100 200 300 400 500\nÉchange: 7 0 7\n',
    'total',
  ],
  [
    'Vietnamese',
    '               tổng         dùng      trống     chia_sẻ    đệm/nhớ   sẵn_có\nBNhớ:  8047616 100 200 300 400 500\nTráo đổi: 7 0 7\n',
    'tổng',
  ],
  [
    'Chinese',
    '               total        used        free      shared  buff/cache   available\n内存：  8047616 100 200 300 400 500\n交换： 7 0 7\n',
    'total',
  ],
])('free in %s', (_, text, total) => {
  expect(toolOf(text)).toBe('free');
  expect(read(text).samples.map(({ table, values }) => [table, values[0]])).toEqual([
    ['memory', [total, 8047616 * 1024]],
    ['swap', [total, 7 * 1024]],
  ]);
});

test.each([
  [
    'French',
    'procs ----------mémoire---------- -échange- -----io---- -système- ------cpu-----',
    ' r  b   swpd libre tampon cache   si   so    bi    bo   in   cs us sy id wa st gu',
  ],
  [
    'Swedish',
    'procs -----------minne----------- -växling- -----io---- -system-- ------cpu-----',
    ' k  b   växl fritt   buff cache   vi   vu    bi    bu   av   kv an sy le vä st',
  ],
  [
    'Korean',
    'procs -----------메모리---------- ---스왑-- ---입출력-- -시스템-- ------CPU-----',
    ' r  b   스왑   여분   버퍼  캐시   si   so    bi    bo   in   cs us sy id wa st',
  ],
  [
    'Vietnamese',
    'ttrình -----------bộ nhớ----------- ---swap-- -----vr---- -hệthống ------cpu-----',
    ' r  b   swpd   free   buff  cache   si   so    bi    bo   in   cs us sy id wa st',
  ],
])('vmstat in %s', (_, groups, names) => {
  const text = `${groups}\n${names}\n 1  2  3 19879364 5 6 7 8 9 10 11 12 50 15 30 4 1 0\n`;
  expect(toolOf(text)).toBe('vmstat');
  const { samples, unknown } = read(text);
  expect(unknown).toEqual([]);
  expect(samples.map(({ table, values }) => [table, values.slice(0, 5).map(([, value]) => value)])).toEqual([
    ['cpu', [50, 15, 30, 4, 1]],
    ['processes', [1, 2]],
    ['memory', [3, 19879364, 5, 6].map((value) => value * 1024)],
    ['blocks', [9, 10]],
    ['system', [11, 12]],
    ['swap', [7, 8].map((value) => value * 1024)],
  ]);
});

test.each([
  [VMSTAT, 'vmstat'],
  [VMSTAT.slice(0, 60), 'vmstat'],
  ['Linux 6.1.0 (web1) \t11/24/26 \t_x86_64_\t(2 CPU)\n', 'sysstat'],
  ['{"sysstat": {\n', 'json'],
  ['total 12\n-rw-r--r-- 1 a a 5 x\n', undefined],
  ['Linux web1 6.1.0-18-amd64 #1 SMP x86_64 GNU/Linux\n', undefined],
  ['procs are nice\n', undefined],
  ['vm\t1\t2026\tx\n', undefined],
  ['', undefined],
])('%j is recognised as %s', (text, tool) => expect(toolOf(text)).toBe(tool));

describe('tables and charts', () => {
  const sample = (fields: Partial<Sample>): Sample => ({
    table: 'cpu',
    key: '',
    time: undefined,
    tick: 1,
    values: [['us', 1]],
    ...fields,
  });

  test('the report since boot is dropped when another one follows', () => {
    const store = createStore();
    store.add(sample({ tick: 0, values: [['us', 50]] }));
    expect(store.tables.get('cpu')?.times).toEqual([0]);
    store.add(sample({ tick: 1 }));
    store.add(sample({ tick: 2 }));
    expect(store.tables.get('cpu')?.times).toEqual([1, 2]);
    expect(store.tables.get('cpu')?.keys.get('')?.get('us')).toEqual([1, 1]);
  });

  test('times of day continue after midnight; earlier times count as the same moment', () => {
    const store = createStore();
    for (const time of [86_398, 86_399, 0, 1, 1]) store.add(sample({ time }));
    expect(store.tables.get('cpu')?.times).toEqual([86_398, 86_399, 86_400, 86_401]);
  });

  test('the number of processes is limited, and the busiest are drawn', () => {
    const store = createStore();
    for (let i = 0; i < 500; i++)
      store.add(
        sample({
          table: 'processes',
          key: `p ${i}`,
          values: [
            ['%CPU', i % 300],
            ['RSS', 1],
          ],
        }),
      );
    const table = store.tables.get('processes')!;
    expect(table.keys.size).toBe(300);
    expect(table.omitted).toBe(200);
    const panels = panelsOf(table, '');
    expect(panels.map(({ title }) => title)).toEqual(['processes: %CPU', 'processes: RSS']);
    expect(panels[0]?.series.map(({ key }) => key).slice(0, 2)).toEqual(['p 299', 'p 298']);
  });

  test('columns with the same unit share a chart; keys are sorted by activity after "all"', () => {
    const store = createStore();
    for (const [key, tps] of [
      ['sda', 1],
      ['vda', 9],
    ] as const)
      store.add(
        sample({
          table: 'disk',
          key,
          values: [
            ['tps', tps],
            ['r/s', 1],
            ['rkB/s', 2],
            ['%util', 3],
            ['r_await', 1],
          ],
        }),
      );
    const table = store.tables.get('disk')!;
    expect(keysOf(table)).toEqual(['vda', 'sda']);
    expect(
      panelsOf(table, 'vda').map(({ unit, series }) => `${unit}: ${series.map(({ column }) => column).join(' ')}`),
    ).toEqual(['per second: tps r/s', 'KB/s: rkB/s', '%: %util', 'ms: r_await']);
    store.add(sample({ table: 'disk', key: 'all', values: [['tps', 0]] }));
    expect(keysOf(table)[0]).toBe('all');
  });

  test('old reports are dropped beyond the limit', () => {
    const store = createStore();
    for (let i = 1; i <= 120_000; i++) store.add(sample({ tick: i }));
    const table = store.tables.get('cpu')!;
    expect(table.times.length).toBeLessThanOrEqual(100_000);
    expect(table.times.at(-1)).toBe(120_000);
    expect(table.keys.get('')?.get('us')?.length).toBe(table.times.length);
  });
});
