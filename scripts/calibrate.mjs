/**
 * Measures how slow this machine is at the moment. `npm test` multiplies all time limits of the tests by the result.
 * As a program it prints the factor. Uses only Node's own modules, since npm packages may not be installed yet.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Milliseconds that the work below takes on an idle machine with two cores (260 measured, rounded up). */
const REFERENCE_MS = 300;
const LARGEST_FACTOR = 10;

/**
 * Starts processes, computes and writes to disk, as the tests do, and divides the time by that of the reference
 * machine. Returns at least 1 and at most 10, rounded to one decimal.
 */
export function measureSlowness() {
  const start = performance.now();
  startProcesses();
  compute();
  writeToDisk();
  const factor = (performance.now() - start) / REFERENCE_MS;
  return Math.round(Math.min(Math.max(factor, 1), LARGEST_FACTOR) * 10) / 10;
}

function startProcesses() {
  for (let i = 0; i < 4; i++) spawnSync(process.execPath, ['-e', '0'], { stdio: 'ignore' });
}

function compute() {
  const block = Buffer.alloc(1 << 20, 'webpipe');
  for (let i = 0; i < 40; i++) createHash('sha256').update(block).digest();
}

function writeToDisk() {
  const dir = mkdtempSync(join(tmpdir(), 'wp-calibrate-'));
  try {
    for (let i = 0; i < 10; i++) {
      const file = openSync(join(dir, String(i)), 'w');
      writeSync(file, Buffer.alloc(4096, i));
      fsyncSync(file);
      closeSync(file);
    }
  } finally {
    rmSync(dir, { recursive: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(measureSlowness());
