import { existsSync } from 'node:fs';
import { configDefaults, defineConfig } from 'vitest/config';

/** Where the browser is that the tests drive; without it `test/browser/` is left out, and `npm test` says so. */
const browser = '/usr/bin/chromium';

const shared = { environment: 'node', pool: 'forks' } as const;

export default defineConfig({
  test: {
    // Two, also on larger machines: the black-box tests start servers and browsers of their own.
    maxWorkers: 2,
    projects: [
      {
        // `src/x.test.ts`, beside the code: quick, no process but this one where possible.
        test: {
          ...shared,
          name: 'unit',
          include: ['src/**/*.test.ts'],
          exclude: [...configDefaults.exclude, 'src/**/*.browser.test.ts'],
          testTimeout: 15_000,
          hookTimeout: 15_000,
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
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // A sign is waited for; how long it takes depends on what else the machine does.
          expect: { poll: { timeout: 15_000 } },
        },
      },
    ],
  },
});
