/**
 * `npm run bench:cluster`: how long slots are away after a fault, measured on fleets of three hosts (see
 * `bench/cluster.ts` and docs/benchmarks.md). Arguments are passed on.
 */
import { runOnFleet } from './fleet-program.mjs';
import { runMain } from './run-main.mjs';

await runMain(import.meta.url, () =>
  runOnFleet('bench/cluster.ts', process.argv.slice(2), { makesImages: true }),
);
