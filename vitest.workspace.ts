import { availableParallelism } from 'node:os';
import { defaultServerConditions } from 'vite';
import { defineConfig } from 'vitest/config';

const sources = ['packages/*', 'apps/*', 'fleet', '.'];
const unit = sources.flatMap((dir) => [`${dir}/src/**/*.test.ts`, `${dir}/test/**/*.test.ts`]);
const integration = sources.flatMap((dir) => [
  `${dir}/src/**/*.integration.test.ts`,
  `${dir}/test/**/*.integration.test.ts`,
]);

/**
 * Two projects: `unit` needs nothing but Node; `integration` talks to a real Docker engine and a
 * real Consul, which its global set-up finds or starts. Packages are tested from their sources.
 */
export default defineConfig({
  ssr: { resolve: { conditions: ['@raftainer/source', ...defaultServerConditions] } },
  test: {
    // Integration tests mostly wait for servers: three files side by side also where there are only two cores.
    maxWorkers: Math.max(3, availableParallelism() - 1),
    coverage: { provider: 'v8', include: ['packages/*/src/**', 'apps/*/src/**'] },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: unit,
          exclude: ['**/node_modules/**', '**/*.integration.test.ts'],
          // They leave nothing behind, and loading every module for every file takes as long as the tests.
          isolate: false,
          // Far more than any needs: a busy machine must not fail a test.
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: integration,
          globalSetup: ['./test/servers.setup.ts'],
          testTimeout: 120_000,
          hookTimeout: 180_000,
          // Real servers on a shared machine may stall once; what fails twice in a row is broken.
          retry: process.env.CI === undefined ? 0 : 1,
        },
      },
    ],
  },
});
