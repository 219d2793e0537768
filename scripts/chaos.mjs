/**
 * `npm run chaos`: random faults of a seed, played on a fleet of three hosts while a recorder watches (see
 * `fleet/chaos.ts` and docs/cluster.md). The exit code is not zero when a promise was broken. Arguments are passed on.
 */
import { runOnFleet } from './fleet-program.mjs';
import { runMain } from './run-main.mjs';

await runMain(import.meta.url, () =>
  runOnFleet('fleet/chaos.ts', process.argv.slice(2), { makesImages: true }),
);
