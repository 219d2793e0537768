/**
 * `npm run bench:scale`: many agents in one process, on the embedded Consul and engines that only pretend (see
 * `bench/scale.ts` and docs/benchmarks.md). Needs nothing but Node. Arguments are passed on.
 */
import { join } from 'node:path';
import { ensureDependencies } from './dependencies.mjs';
import { ROOT, visible } from './processes.mjs';
import { runMain } from './run-main.mjs';

/** Every agent keeps its own copy of what it read. */
const NODE = [
  '--expose-gc',
  '--max-old-space-size=16000',
  '--conditions=@raftainer/source',
  '--import',
  'tsx',
];

await runMain(import.meta.url, async () => {
  await ensureDependencies({ log: (line) => console.error(line) });
  const main = [...NODE, join(ROOT, 'bench', 'scale.ts'), ...process.argv.slice(2)];
  process.exitCode = await visible(process.execPath, main);
});
