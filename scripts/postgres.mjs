/**
 * Finds, or fetches, a real PostgreSQL for the tests. Node built-ins only: it runs before anything is installed.
 */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { delimiter, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { fetchPostgres, libraryPath } from './postgres-package.mjs';
import { SetupError } from './setup-error.mjs';
import { reason } from './consul-package.mjs';

const run = promisify(execFile);

/** Where Debian and Ubuntu install it, one folder for each major version. */
const INSTALLED = '/usr/lib/postgresql';
/** The server refuses to run as root, and others may not look into root's own cache folder. */
const ROOTS_CACHE = '/var/cache/raftainer';

/**
 * The folder with `postgres` and `initdb`. Tried in order: PATH, the distribution's folders, the one fetched before,
 * the distribution's packages (taken apart in a cache folder, never installed).
 *
 * @param {{ cacheDir: string, log?: (line: string) => void }} options
 * @returns {Promise<string>}
 * @throws {SetupError} when none of them works, with the command that helps.
 */
export async function ensurePostgres({ cacheDir, log = () => {} }) {
  const cached = resolve(process.getuid?.() === 0 ? ROOTS_CACHE : cacheDir, 'postgres');
  for (const folder of [
    ...onPath(),
    ...(await versionsIn(INSTALLED)),
    ...(await versionsIn(join(cached, INSTALLED))),
  ]) {
    if (await runs(folder)) return folder;
  }
  log("Fetching PostgreSQL from the distribution's packages…");
  try {
    await fetchInto(cached);
  } catch (error) {
    throw noPostgres(reason(error), error);
  }
  for (const folder of await versionsIn(join(cached, INSTALLED))) if (await runs(folder)) return folder;
  throw noPostgres('the fetched packages do not run on this machine');
}

function onPath() {
  return (process.env.PATH ?? '').split(delimiter).filter(Boolean);
}

/** The newest first. */
async function versionsIn(folder) {
  const names = await readdir(folder).catch(() => []);
  const versions = names.filter((name) => /^\d+$/.test(name)).sort((a, b) => Number(b) - Number(a));
  return versions.map((version) => join(folder, version, 'bin'));
}

async function runs(folder) {
  try {
    const env = { ...process.env, ...libraryPath(folder) };
    const { stdout } = await run(join(folder, 'initdb'), ['--version'], { timeout: 20_000, env });
    await run(join(folder, 'postgres'), ['--version'], { timeout: 20_000, env });
    return /PostgreSQL/.test(stdout);
  } catch {
    return false;
  }
}

/** Of two simultaneous fetches the first to be ready wins: both are the same. */
async function fetchInto(target) {
  const parent = resolve(target, '..');
  await mkdir(parent, { recursive: true });
  const work = await mkdtemp(join(parent, 'fetch-'));
  try {
    await rename(await fetchPostgres(work), target).catch((error) => {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

function noPostgres(why, cause) {
  return new SetupError(`No PostgreSQL found: there is none on PATH or in ${INSTALLED}, and ${why}.`, {
    nextStep: 'sudo apt-get install -y postgresql   # or any package that brings `initdb` and `postgres`',
    cause,
  });
}
