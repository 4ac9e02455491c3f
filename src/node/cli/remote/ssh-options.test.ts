import { expect, test } from 'vitest';
import { labelOf, parseSsh } from './ssh-options.ts';

test.each([
  [['web1'], { host: 'web1', options: [], command: [] }],
  [['-p', '22', 'me@web1', 'ls', '-l'], { host: 'me@web1', options: ['-p', '22'], command: ['ls', '-l'] }],
  [['-p22', '-vA', 'web1'], { options: ['-p', '22', '-v', '-A'], sessionOptions: ['-p', '22', '-v', '-A'] }],
  [['web1', '-t', 'top', '-d', '1'], { host: 'web1', options: ['-t'], command: ['top', '-d', '1'] }],
  [
    ['-L', '1:x:2', '-J', 'bastion', 'web1'],
    { options: ['-L', '1:x:2', '-J', 'bastion'], sessionOptions: ['-J', 'bastion'] },
  ],
  [['-nT', 'web1'], { options: ['-T'], sessionOptions: ['-n', '-T'] }],
  [['-N', 'web1'], { noShell: true, options: [], sessionOptions: [] }],
  [['-o', 'User=x', '--', 'web1', '-x'], { host: 'web1', command: ['-x'] }],
  [['web1', '--', 'ls'], { host: 'web1', command: ['ls'] }],
] as const)('%j is parsed as ssh parses it', (args, call) => {
  expect(parseSsh(args, 'ssh')).toMatchObject(call);
});

test.each([
  [[], 'no host given'],
  [['-p'], '-p needs a value'],
  [['-Z', 'x'], 'ssh has no option -Z'],
  [['-f', 'x'], '-f is not supported here'],
] as const)('%j is an error: %s', (args, what) => {
  expect(() => parseSsh(args, 'ssh')).toThrow(what);
});

test.each([
  ['web1', 'web1'],
  ['me@web1.example.org', 'web1.example.org'],
  ['ssh://me@web1:2222', 'web1'],
  ['me@[fe80::1]', 'fe80::1'],
])('the label of %s is %s', (host, label) => {
  expect(labelOf(host)).toBe(label);
});
