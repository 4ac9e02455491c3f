import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ScrollPaths } from './layout.ts';
import { linesIn, rewriteLines } from './rewrite.ts';

/**
 * Sets damaged lines of a journal aside: appends them to `damaged/<scroll>.ndjson` and overwrites them with spaces, so
 * that later lines keep their numbers and the damage is reported once.
 * @param numbers line numbers, from 1
 * @throws a system error if they cannot be written; the journal is unchanged then
 */
export async function setAside(paths: ScrollPaths, numbers: ReadonlySet<number>): Promise<void> {
  const records: string[] = [];
  for (const { number, bytes } of linesIn(await readFile(paths.journal))) {
    if (!numbers.has(number)) continue;
    const text = bytes.toString('utf8');
    const isText = Buffer.from(text).equals(bytes);
    const contents = isText ? { text } : { base64: bytes.toString('base64') };
    records.push(`${JSON.stringify({ line: number, found: new Date().toISOString(), ...contents })}\n`);
  }
  await mkdir(dirname(paths.damaged), { recursive: true, mode: 0o700 });
  const file = await open(paths.damaged, 'a', 0o600);
  try {
    await file.appendFile(records.join(''));
    await file.datasync();
  } finally {
    await file.close();
  }
  await rewriteLines(paths.journal, ({ number }) => (numbers.has(number) ? '' : undefined));
}

/**
 * Removes all damaged lines of a scroll. This is part of a deletion: nobody can tell for certain that a damaged line says
 * nothing about the deleted entry, since its id may be what is damaged.
 */
export async function forgetDamaged(paths: ScrollPaths): Promise<void> {
  await rm(paths.damaged, { force: true });
}

/** Whether a text contains one of these ids. */
export function mentionsAny(text: string, ids: ReadonlySet<string>): boolean {
  return [...text.matchAll(/[0-9a-f]{32}/g)].some(([id]) => ids.has(id));
}

/** The message about damaged lines of a scroll. @param consequence what was done about them */
export function damageReport(scroll: string, numbers: readonly number[], consequence: string): string {
  const shown = numbers.slice(0, 5).join(', ');
  const lines =
    numbers.length === 1
      ? `line ${shown} of the journal is damaged`
      : `${numbers.length} lines of the journal are damaged (${shown}${numbers.length > 5 ? ', …' : ''})`;
  return `scroll ${scroll}: ${lines}; ${consequence}`;
}
