/**
 * Where the tests in this folder find their data, and where they leave their figures. `npm run conformance` makes
 * docs/conformance.md of the figures.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { root } from '../support/wp.ts';

/** How webpipe shows the files of a suite. */
export interface SuiteResult {
  /** Name of the suite, and of its test file. */
  readonly suite: string;
  /** Where the files come from, and their version: `nst/JSONTestSuite, 2024`. */
  readonly source: string;
  /** Number of files that are shown as the suite expects, or refused where it expects an error. */
  readonly right: number;
  /** Number of good files that are not shown, while the page says so and why. */
  readonly refused: number;
  /** Number of files with a wrong value, or with an error that is not reported. */
  readonly wrong: number;
  /** The wrong and the refused files: name, and a short reason. */
  readonly wrongCases: readonly string[];
}

/**
 * The folder of a suite in `CONFORMANCE_DIR`, by default `../shared/suites` beside the repository. Undefined if it is
 * not there: the tests of the suite are skipped, and scripts/test.mjs says so.
 */
export function suitePath(name: string): string | undefined {
  const path = join(process.env.CONFORMANCE_DIR ?? resolve(root, '../shared/suites'), name);
  return existsSync(path) ? path : undefined;
}

/** Leaves the figures of a suite for `npm run conformance`. Does nothing in other runs. */
export function recordResult(result: SuiteResult): void {
  const folder = process.env.CONFORMANCE_RESULTS;
  if (folder) writeFileSync(join(folder, `${result.suite}.json`), JSON.stringify(result));
}
