/**
 * `npm run cluster`: a whole cluster on this machine, to try and to break: hosts with a Docker engine, a Consul agent and
 * a Raftainer agent each, in network namespaces of their own (see `fleet/main.ts` and docs/cluster.md). Readies
 * dependencies, build, the engine's program and Consul; arguments are passed on.
 */
import { runOnFleet } from './fleet-program.mjs';
import { runMain } from './run-main.mjs';

await runMain(import.meta.url, () => runOnFleet('fleet/main.ts', process.argv.slice(2)));
