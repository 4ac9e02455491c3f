import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { diskStore } from '../../src/node/store/disk-store.ts';
import { storeContract } from './store.ts';

storeContract('disk', () => {
  const dir = mkdtempSync(join(tmpdir(), 'wp-'));
  const spool = join(dir, 'spool/stage');
  mkdirSync(spool, { recursive: true });
  return {
    open: (warn) => diskStore(dir, warn),
    spool,
    contains: (text) => filesIn(dir).some((path) => readFileSync(path).includes(text)),
    damage(scroll, line) {
      const path = join(dir, 's', scroll, 'scroll.ndjson');
      const lines = readFileSync(path, 'utf8').split('\n');
      lines[line - 1] = (lines[line - 1] ?? '').replace('{', '\0');
      writeFileSync(path, lines.join('\n'));
    },
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
});

function filesIn(dir: string): string[] {
  if (!existsSync(dir)) return [];
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((item) => item.isFile())
    .map((item) => join(item.parentPath, item.name));
}
