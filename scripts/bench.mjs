/**
 * `npm run bench`: readies dependencies, build, engine, image and a real Consul, and measures the agent, side by side
 * with the engine's floor and Docker Swarm (see `bench/main.ts` and docs/benchmarks.md). Arguments are passed on.
 */
import { join } from 'node:path';
import { buildAll } from './build.mjs';
import { cacheFolder } from './cache-folder.mjs';
import { ensureConsul } from './consul.mjs';
import { ensureDependencies } from './dependencies.mjs';
import { withEngine } from './engine.mjs';
import { ensureTestImage } from './image.mjs';
import { ROOT, visible } from './processes.mjs';
import { runMain } from './run-main.mjs';

const log = (line) => console.error(line);
const ON_SOURCES = ['--conditions=@raftainer/source', '--import', 'tsx'];

await runMain(import.meta.url, async () => {
  const args = process.argv.slice(2);
  await ensureDependencies({ log });
  const main = [...ON_SOURCES, join(ROOT, 'bench', 'main.ts'), ...args];
  if (args.includes('--help')) {
    process.exitCode = await visible(process.execPath, main);
    return;
  }
  await buildAll({ log });
  await withEngine(
    async ({ host }, interrupted) => {
      const servers = {
        DOCKER_HOST: host,
        RAFTAINER_TEST_IMAGE: await ensureTestImage({ host, log }),
        RAFTAINER_TEST_CONSUL: await ensureConsul({ cacheDir: cacheFolder(), log }),
      };
      if (interrupted.aborted) return;
      process.exitCode = await visible(process.execPath, main, { env: { ...process.env, ...servers } });
    },
    { log },
  );
});
