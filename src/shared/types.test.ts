import { expect, test } from 'vitest';
import { typeOfName } from './types.ts';

const known = new Set(['png', 'Rplot.png', 'csv', 'tar.gz', 'Makefile', 'md', 'json']);

test.each([
  ['a.png', 'png'],
  ['a.Rplot.png', 'Rplot.png'],
  ['a.x.png', 'png'],
  ['a.PNG', 'png'],
  ['a.rplot.PNG', 'png'],
  ['Makefile', 'Makefile'],
  ['x.Makefile', 'Makefile'],
  ['dir.csv/Makefile', 'Makefile'],
  ['dir.csv/plain', undefined],
  ['a.b.tar.gz', 'tar.gz'],
  ['png', 'png'],
  ['.md', 'md'],
  ['a.unknown', undefined],
  ['a.', undefined],
  ['', undefined],
  ['__proto__', undefined],
])('%s is %s', (name, type) => expect(typeOfName(name, known)).toBe(type));
