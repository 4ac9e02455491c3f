import { existsSync } from 'node:fs';
import { configDefaults, defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { UNIT_TEST_LIMIT, WAIT_LIMIT, WHOLE_TEST_LIMIT } from './test/support/deadline.ts';

/** The browser that the tests drive. Without it `test/browser/` is left out, and `npm test` says so. */
const browser = '/usr/bin/chromium';

/** The files that take longest, longest first. They start first, so that none of them runs alone at the end. */
const LONG = [
  'browser/narrow-pages',
  'browser/viewer',
  'client/stub',
  'remote/topologies',
  'clients/r',
  'formats/golden',
  'security/frames',
  'browser/figure-page',
  'blackbox/send',
  'browser/table-page',
  'client/show',
  'remote/ssh',
  'blackbox/independence',
  'package',
];

/** The unit tests that take longest, most of them because they wait for limits to pass. */
const LONG_UNIT = [
  'node/stages/pool',
  'formats/parquet/shared/direct',
  'formats/archive/read',
  'node/codec/reader',
  'node/pipeline/outlet',
  'formats/bombs',
  'node/store/journal-reader',
  'node/transport/listen',
  'node/inbox/archive',
];

/** Long files first, then the other files of `test/`, and the unit tests last, again long ones first. */
class LongFilesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId, project }: TestSpecification): number =>
      project.name === 'unit'
        ? LONG.length + 1 + position(LONG_UNIT, 'src', moduleId)
        : position(LONG, 'test', moduleId);
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}

/** The index of the test file in the list, or the length of the list for a file that is not in it. */
function position(list: readonly string[], folder: string, moduleId: string): number {
  const index = list.findIndex((name) => moduleId.endsWith(`/${folder}/${name}.test.ts`));
  return index < 0 ? list.length : index;
}

/**
 * A process runs many files one after the other and loads each module once. State of a module that must not outlive a
 * file is removed by `test/support/cleanup.ts`.
 */
const shared = {
  environment: 'node',
  pool: 'forks',
  isolate: false,
  expect: { poll: { timeout: WAIT_LIMIT } },
} as const;

export default defineConfig({
  test: {
    // More than two processors, since most tests wait for servers and browsers most of the time. Not more on larger
    // machines: each of these processes starts servers and a browser of its own.
    maxWorkers: 4,
    sequence: { sequencer: LongFilesFirst },
    projects: [
      {
        // `src/**/x.test.ts`, beside the code: in this process where possible.
        test: {
          ...shared,
          name: 'unit',
          include: ['src/**/*.test.ts'],
          exclude: [...configDefaults.exclude, 'src/**/*.browser.test.ts'],
          testTimeout: UNIT_TEST_LIMIT,
          hookTimeout: UNIT_TEST_LIMIT,
        },
      },
      {
        // `test/**`: the built wp, real sockets, a real browser.
        test: {
          ...shared,
          name: 'whole',
          include: ['test/**/*.test.ts', 'src/formats/*/*.browser.test.ts'],
          exclude: [
            ...configDefaults.exclude,
            ...(existsSync(browser) ? [] : ['test/browser/**', '**/*.browser.test.ts']),
          ],
          setupFiles: ['test/support/setup.ts'],
          testTimeout: WHOLE_TEST_LIMIT,
          hookTimeout: WHOLE_TEST_LIMIT,
        },
      },
    ],
  },
});
