import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectLinear } from '../../../test/support/growth.ts';
import { readTable, toolOf } from './read.ts';

let dir = '';
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'webpipe-columns-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

async function read(text: string): Promise<string[][]> {
  const path = join(dir, 'output');
  await writeFile(path, text);
  return readTable(path);
}

test('the output of GNU time -v is recognised by its beginning', () => {
  expect(toolOf('\tCommand being timed: "gzip a"\n\tUser time (seconds): 0.03\n')).toBe('time');
});

test('ps: times become seconds, the command keeps its spaces, a long start time is one cell', async () => {
  expect(
    await read(`  PID                  STARTED     ELAPSED     TIME COMMAND
    1 Tue Nov 24 14:05:35 2026  1-05:09:04 00:01:02 /sbin/init  --x "a b"
   22 Tue Nov  3 14:05:35 2026       09:04 00:00:00 [kthreadd]
`),
  ).toEqual([
    ['PID', 'STARTED', 'ELAPSED (s)', 'TIME (s)', 'COMMAND'],
    ['1', 'Tue Nov 24 14:05:35 2026', '104944', '62', '/sbin/init  --x "a b"'],
    ['22', 'Tue Nov  3 14:05:35 2026', '544', '0', '[kthreadd]'],
  ]);
});

test('top -b: the last table is read, with sizes in one unit', async () => {
  const block = (res: string) =>
    `top - 19:14:41 up  5:09,  0 user\nTasks: 175 total\n\n    PID USER    VIRT    RES  %CPU     TIME+ COMMAND\n  11915 root  1449.9g ${res}  75.0   1:07.85 my app\n  1 root  1024 2048  75.0   1:07.85 x\n\n`;
  expect(await read(block('1') + block('240892'))).toEqual([
    ['PID', 'USER', 'VIRT (MiB)', 'RES', '%CPU', 'TIME+ (s)', 'COMMAND'],
    ['11915', 'root', '1484697.6', '240892', '75.0', '67.85', 'my app'],
    ['1', 'root', '1', '2048', '75.0', '67.85', 'x'],
  ]);
});

test('df: sizes in one unit, percentages without the sign', async () => {
  expect(
    await read(
      'Filesystem Type Size Used Avail Use% Mounted on\n/dev/sda ext4 1.5T 512M 12G 33% /my disk\nnone proc 0 0 0 - /proc\n',
    ),
  ).toEqual([
    ['Filesystem', 'Type', 'Size (MiB)', 'Used (MiB)', 'Avail (MiB)', 'Use%', 'Mounted on'],
    ['/dev/sda', 'ext4', '1572864', '512', '12288', '33', '/my disk'],
    ['none', 'proc', '0', '0', '0', '-', '/proc'],
  ]);
});

test('strace -c: output of the program is skipped; an empty errors cell stays empty', async () => {
  expect(
    await read(`hello
% time     seconds  usecs/call     calls    errors syscall
------ ----------- ----------- --------- --------- ----------------
 37.38    0.000200         200         1           execve
 14.21    0.000076           2        34        13 openat
------ ----------- ----------- --------- --------- ----------------
100.00    0.000276                    35        13 total
`),
  ).toEqual([
    ['%time', 'seconds', 'usecs/call', 'calls', 'errors', 'syscall'],
    ['37.38', '0.000200', '200', '1', '', 'execve'],
    ['14.21', '0.000076', '2', '34', '13', 'openat'],
    ['100.00', '0.000276', '', '35', '13', 'total'],
  ]);
});

test('time: reads the output of shells and of GNU time', async () => {
  expect(await read('\nreal\t1m0.107s\nuser\t0m0,001s\nsys\t0m0.000s\n')).toEqual([
    ['what', 'seconds'],
    ['real', '60.107'],
    ['user', '0.001'],
    ['sys', '0'],
  ]);
  expect(
    await read('\tCommand being timed: "sleep 1"\n\tElapsed (wall clock) time (h:mm:ss or m:ss): 0:01.00\n'),
  ).toEqual([
    ['what', 'value'],
    ['Command being timed', '"sleep 1"'],
    ['Elapsed (wall clock) time (h:mm:ss or m:ss)', '0:01.00'],
  ]);
});

test('a text without a table has no rows', async () => {
  for (const text of ['', 'words\n', 'PID\n1\n', 'Filesystem x Mounted on\n'])
    expect((await read(text)).length).toBeLessThan(2);
});

test.each([
  ['USER       PID %CPU COMMAND\nroot 1 0.0 init\n', 'ps'],
  ['    PID TTY          TIME CMD\n 12 pts/0    00:00:00 bash\n', 'ps'],
  ['Filesystem              1K-blocks     Used Available Use% Mounted on\n', 'df'],
  ['% time     seconds  usecs/call     calls    errors syscall\n', 'strace'],
  ['top - 19:14:41 up  5:09,  0 user,  load average: 13.37\n', 'top'],
  ['The PID of a COMMAND\nis a number\n', undefined],
  ['PID,CMD\n1,x\n', undefined],
  ['', undefined],
])('the tool of %j is %s', (text, tool) => expect(toolOf(text)).toBe(tool));

test('a very long line is not a header, and is rejected in linear time', async () => {
  await expectLinear(20_000, async (count) => expect(await read('USER PID '.repeat(count))).toEqual([]));
});
