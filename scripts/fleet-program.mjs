/**
 * What `npm run cluster`, `chaos` and `bench:cluster` have in common: a program that makes a fleet. Readies dependencies,
 * build, the engine's program and Consul first.
 */
import { join } from 'node:path';
import { buildAll } from './build.mjs';
import { cacheFolder } from './cache-folder.mjs';
import { ensureConsul } from './consul.mjs';
import { ensureDependencies } from './dependencies.mjs';
import { ensureEngineProgram, withEngine } from './engine.mjs';
import { ROOT, visible } from './processes.mjs';
import { SetupError } from './setup-error.mjs';

const log = (line) => console.error(line);
const ON_SOURCES = ['--conditions=@raftainer/source', '--import', 'tsx'];

/**
 * Namespaces and control groups are Linux's, and its root's.
 *
 * @param {{ platform: NodeJS.Platform, uid?: number }} machine
 * @throws {SetupError} with the next step, where there can be no cluster.
 */
export function refuseOtherMachines({ platform, uid }) {
  if (platform !== 'linux') {
    throw new SetupError('A cluster on one machine needs network namespaces, hence Linux.', {
      nextStep:
        'npm run quickstart   # one host, on any platform; or run this in a virtual machine with Linux',
    });
  }
  if (uid !== 0) {
    throw new SetupError(
      'A cluster on one machine needs network namespaces and control groups, hence root.',
      {
        nextStep: 'sudo npm run cluster   # or npm run quickstart: one host, without root',
      },
    );
  }
}

/**
 * Runs the program with the arguments; its exit code becomes that of this process. `--help` needs nothing and works
 * everywhere.
 *
 * @param {string} program path of a TypeScript file, from the root of the project
 * @param {readonly string[]} args
 * @param {{ makesImages?: boolean }} [options] makesImages: what its pods run is made on this machine's own engine, which
 *   is started for as long when there is none
 * @throws {SetupError} where there can be no fleet.
 */
export async function runOnFleet(program, args, { makesImages = false } = {}) {
  const main = [...ON_SOURCES, join(ROOT, program), ...args];
  const help = args.includes('--help');
  if (!help) refuseOtherMachines({ platform: process.platform, uid: process.getuid?.() });
  await ensureDependencies({ log });
  if (help) {
    process.exitCode = await visible(process.execPath, main);
    return;
  }
  await buildAll({ log });
  await ensureEngineProgram({ log });
  const RAFTAINER_TEST_CONSUL = await ensureConsul({ cacheDir: cacheFolder(), log });
  const env = { ...process.env, RAFTAINER_TEST_CONSUL };
  process.exitCode = await (makesImages ? besideEngine(main, env) : visible(process.execPath, main, { env }));
}

function besideEngine(main, env) {
  return withEngine(
    async ({ host }, interrupted) =>
      interrupted.aborted ? 130 : visible(process.execPath, main, { env: { ...env, DOCKER_HOST: host } }),
    { log },
  );
}
