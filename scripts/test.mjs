/**
 * All that must hold: `npm test`. Works on a fresh clone: it installs what is missing and says so.
 *
 *     npm test                 the checks (scripts/checks.mjs) and all tests
 *     npm test -- PATTERN      the tests whose file matches PATTERN, after a build
 *
 * Ends with the line `N passed, N failed` (and `, N skipped`). Until the npm packages are there it uses Node's own
 * modules only.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checks, root, skipped } from './checks.mjs';
import { installModules } from './modules.mjs';
import { installTools } from './tools.mjs';

const count = { passed: 0, failed: 0, skipped: 0 };

function note(name, problem, ms) {
  const result = problem === undefined ? 'passed' : problem === skipped ? 'skipped' : 'failed';
  count[result] += 1;
  console.log(`${{ passed: '  ok', failed: 'FAIL', skipped: 'skip' }[result]}  ${name} (${(ms / 1000).toFixed(1)} s)`);
  if (result === 'failed') console.log(`      ${problem.trimEnd().replaceAll('\n', '\n      ')}`);
  return result !== 'failed';
}

function check(name, run) {
  const start = performance.now();
  let problem;
  try {
    problem = run();
  } catch (error) {
    problem = String(error?.stack ?? error);
  }
  return note(name, problem, performance.now() - start);
}

/** Says what is missing. Only where all can be installed (CI) is it a failure. */
function tools() {
  const missing = installTools();
  if (missing.length === 0) return undefined;
  const list = missing.map((tool) => `${tool.package} (${tool.without})`).join(', ');
  console.log(`test: missing, and so left out: ${list}; as root on Debian, npm test installs them`);
  return process.env.CI ? `missing: ${list}` : skipped;
}

/** Runs vitest, adds what its report says to the count. */
function vitest(args) {
  const folder = mkdtempSync(join(tmpdir(), 'wp-test-'));
  const report = join(folder, 'report.json');
  // The tests bring their own webpipe directories and ports; those of the person who runs them stay untouched.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(WEBPIPE_|WP_|NODE_EXTRA_CA_CERTS$)/.test(name)),
  );
  if (!process.stdout.isTTY) {
    delete env.FORCE_COLOR;
    env.NO_COLOR = '1';
  }
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const run = spawnSync(
    process.execPath,
    [join(root, 'node_modules/vitest/vitest.mjs'), 'run', ...reporters, ...args],
    {
      cwd: root,
      env,
      stdio: ['ignore', 'inherit', 'inherit'],
      timeout: 45 * 60_000,
      killSignal: 'SIGKILL',
    },
  );
  const before = count.failed;
  try {
    const { testResults, numPassedTests, numFailedTests, numPendingTests, numTodoTests } = JSON.parse(
      readFileSync(report, 'utf8'),
    );
    count.passed += numPassedTests;
    count.failed += numFailedTests;
    count.skipped += numPendingTests + numTodoTests;
    // A file that could not be loaded has no failed test, and is one failure.
    for (const file of testResults) {
      if (file.status === 'failed' && !file.assertionResults.some((one) => one.status === 'failed')) {
        note(file.name, file.message || 'failed outside of its tests', 0);
      }
    }
  } catch (error) {
    note('tests', `vitest left no report: ${error.message}`, 0);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  if (run.status !== 0 && count.failed === before)
    note('tests', `vitest failed outside of the tests (${run.signal ?? run.status})`, 0);
}

const args = process.argv.slice(2);
const chosen = args.length ? checks.filter(([name]) => name === 'build') : checks;

if (check('npm packages', () => (installModules(root) ? undefined : 'npm could not install them'))) {
  check('tools', tools);
  const good = new Set(chosen.filter(([name, run]) => check(name, run)).map(([name]) => name));
  if (good.has('build')) vitest(args);
}

process.exitCode = count.failed ? 1 : 0;
console.log(`${count.passed} passed, ${count.failed} failed${count.skipped ? `, ${count.skipped} skipped` : ''}`);
