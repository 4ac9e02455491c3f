import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { lock } from './lock.ts';

test('a lock is taken over from a process that has ended, even if its id belongs to another process now', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'wp-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const path = join(dir, '.lock');
  const dead = spawnSync(process.execPath, ['-e', '0']).pid;
  for (const holder of [`${dead} 12345`, `${process.pid} 1`, '', 'nonsense', '-1 5']) {
    writeFileSync(path, `${holder}\n`);
    const unlock = await lock(path, 'it', 'do something');
    expect(readFileSync(path, 'utf8')).toMatch(new RegExp(`^${process.pid} `));
    await expect(lock(path, 'it', 'do something')).rejects.toThrow(
      `it belongs to process ${process.pid}; do something`,
    );
    await unlock();
    expect(existsSync(path)).toBe(false);
  }
});
