/** The conformance suites that the tests in test/conformance/ read. Uses only Node's own modules. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** The folder with the suites' data: `CONFORMANCE_DIR`, by default `../shared/suites` beside the repository. */
export const suitesFolder = (root) => process.env.CONFORMANCE_DIR ?? resolve(root, '../shared/suites');

/** Names of the suites that a test reads and whose data is not there. */
export function missingSuites(root) {
  const tests = join(root, 'test/conformance');
  const names = readdirSync(tests)
    .filter((name) => name.endsWith('.test.ts'))
    .flatMap((name) => [...readFileSync(join(tests, name), 'utf8').matchAll(/\bsuitePath\('([^']+)'\)/g)])
    .map(([, suite]) => suite);
  return [...new Set(names)].sort().filter((suite) => !existsSync(join(suitesFolder(root), suite)));
}
