import { cacheFolder } from '../scripts/cache-folder.mjs';
import { ensureConsul } from '../scripts/consul.mjs';
import { ensureEngine } from '../scripts/engine.mjs';
import { ensureExampleImage, ensureTestImage } from '../scripts/image.mjs';
import { ensurePostgres } from '../scripts/postgres.mjs';

const log = (line: string): void => {
  console.error(line);
};

/**
 * Readies the real servers of the integration project once, before its workers start, and tells them by
 * environment variables. Returns what stops whatever was started here.
 */
export async function setup(): Promise<() => Promise<void>> {
  const engine = await ensureEngine({ log });
  try {
    const options = { host: engine.host, log };
    process.env.DOCKER_HOST = engine.host;
    process.env.RAFTAINER_TEST_IMAGE = await ensureTestImage(options);
    process.env.RAFTAINER_EXAMPLE_IMAGE = await ensureExampleImage(options);
    process.env.RAFTAINER_TEST_POSTGRES ??= await ensurePostgres({ cacheDir: cacheFolder(), log });
    process.env.RAFTAINER_TEST_CONSUL = await ensureConsul({ cacheDir: cacheFolder(), log });
  } catch (error: unknown) {
    await engine.stop();
    throw error;
  }
  return engine.stop;
}
