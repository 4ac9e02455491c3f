/**
 * Runs all checks and tests. Works on a fresh clone: it installs what is missing.
 *
 *     npm test                 the checks (scripts/checks.mjs) and all tests
 *     npm test -- PATTERN      the tests whose file matches PATTERN, after a build
 *     npm run test:unit        the unit tests, which need no build, no browser and no Debian packages
 *     npm run typecheck        the checks of types
 *     npm run lint             the other checks of the source
 *
 * Ends with the line `N passed, N failed` (and `, N skipped`). Until the npm packages are installed it uses Node's own
 * modules only.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { measureSlowness } from './calibrate.mjs';
import { checks, root, skipped } from './checks.mjs';
import { installModules } from './modules.mjs';
import { missingSuites, suitesFolder } from './suites.mjs';
import { installTools } from './tools.mjs';

const count = { passed: 0, failed: 0, skipped: 0 };

/** Counts and prints one result: `problem` is undefined, `skipped`, or a text that says what is wrong. */
function note(name, problem, ms) {
  const result = problem === undefined ? 'passed' : problem === skipped ? 'skipped' : 'failed';
  count[result] += 1;
  console.log(`${{ passed: '  ok', failed: 'FAIL', skipped: 'skip' }[result]}  ${name} (${(ms / 1000).toFixed(1)} s)`);
  if (result === 'failed') console.log(`      ${problem.trimEnd().replaceAll('\n', '\n      ')}`);
  return result !== 'failed';
}

/** Runs a check and notes its result. Returns false when it failed. */
async function check(name, run) {
  const start = performance.now();
  let problem;
  try {
    problem = await run();
  } catch (error) {
    problem = String(error?.stack ?? error);
  }
  return note(name, problem, performance.now() - start);
}

/** Runs all checks of a group, one after the other. Returns false when one failed. */
async function checkGroup(wanted) {
  let passed = true;
  for (const { group, name, run } of checks) if (group === wanted && !(await check(name, run))) passed = false;
  return passed;
}

const npmPackages = () => (installModules(root) ? undefined : 'npm could not install them');

/** Installs the tools that the tests need, and reports what is missing. That is a failure only in CI. */
function tools() {
  const missing = installTools();
  if (missing.length === 0) return undefined;
  const list = missing.map((tool) => `${tool.package} (${tool.without})`).join(', ');
  console.log(`test: missing, and so left out: ${list}; as root on Debian, npm test installs them`);
  return process.env.CI ? `missing: ${list}` : skipped;
}

/** Says which conformance suites are left out. */
function suites() {
  const missing = missingSuites(root);
  if (missing.length === 0) return undefined;
  console.log(`test: not in ${suitesFolder(root)}, and so left out: ${missing.join(', ')}; see CONTRIBUTING.md`);
  return skipped;
}

/** Runs vitest and adds the results in its report to the count. */
async function vitest(args) {
  const slowness = measureSlowness();
  if (slowness > 1) console.log(`test: this machine is slow at the moment: time limits are multiplied by ${slowness}`);
  const folder = mkdtempSync(join(tmpdir(), 'wp-test-'));
  const report = join(folder, 'report.json');
  // The tests use their own webpipe directories and ports, not those of the user.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(WEBPIPE_|WP_|NODE_EXTRA_CA_CERTS$)/.test(name)),
  );
  env.TEST_SLOWNESS = String(slowness);
  if (!process.stdout.isTTY) {
    delete env.FORCE_COLOR;
    env.NO_COLOR = '1';
  }
  const program = join(root, 'node_modules/vitest/vitest.mjs');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const child = spawn(process.execPath, [program, 'run', ...reporters, ...args], {
    cwd: root,
    env,
    stdio: ['ignore', 'inherit', 'inherit'],
    timeout: Math.round(45 * 60_000 * slowness),
    killSignal: 'SIGKILL',
  });
  const ended = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status, signal) => resolve(signal ?? status));
  });
  const failures = readReport(report);
  rmSync(folder, { recursive: true, force: true });
  if (ended !== 0 && failures === 0) note('tests', `vitest failed outside of the tests (${ended})`, 0);
}

/** Adds the results in a report of vitest to the count. Returns the number of failures. */
function readReport(path) {
  const before = count.failed;
  try {
    const { testResults, ...sums } = JSON.parse(readFileSync(path, 'utf8'));
    count.passed += sums.numPassedTests;
    count.failed += sums.numFailedTests;
    count.skipped += sums.numPendingTests + sums.numTodoTests;
    // A file that could not be loaded has no failed test; count it as one failure.
    for (const file of testResults) {
      if (file.status === 'failed' && !file.assertionResults.some((one) => one.status === 'failed')) {
        note(file.name, file.message || 'failed outside of its tests', 0);
      }
    }
  } catch (error) {
    note('tests', `vitest left no report: ${error.message}`, 0);
  }
  return count.failed - before;
}

/** The build runs first, since the tests use its output. The checks of the source run at the same time as the tests. */
async function runEverything() {
  await check('tools', tools);
  await check('conformance suites', suites);
  if (!(await checkGroup('build'))) return;
  const sources = async () => {
    await checkGroup('types');
    await checkGroup('lint');
  };
  await Promise.all([vitest([]), sources()]);
}

async function runMatching(patterns) {
  await check('tools', tools);
  if (await checkGroup('build')) await vitest(patterns);
}

const [mode, ...patterns] = process.argv.slice(2);
if (await check('npm packages', npmPackages)) {
  if (mode === '--types') await checkGroup('types');
  else if (mode === '--lint') await checkGroup('lint');
  else if (mode === '--unit') await vitest(['--project', 'unit', ...patterns]);
  else if (mode === undefined) await runEverything();
  else await runMatching([mode, ...patterns]);
}

process.exitCode = count.failed ? 1 : 0;
console.log(`${count.passed} passed, ${count.failed} failed${count.skipped ? `, ${count.skipped} skipped` : ''}`);
