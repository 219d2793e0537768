/**
 * Takes PostgreSQL, and what it needs and this machine lacks, out of the distribution's packages, without installing
 * anything: apt only says which packages those are.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const LIMITS = { maxBuffer: 64 << 20, timeout: 300_000 };

/**
 * Fetches and unpacks the packages in `work`; gives the folder that stands for `/`.
 *
 * @param {string} work
 * @returns {Promise<string>}
 * @throws {Error} when apt does not know PostgreSQL, or cannot fetch it.
 */
export async function fetchPostgres(work) {
  const flags = await flagsThatWork(work);
  const names = await missingPackages(flags);
  const archives = join(work, 'archives');
  const root = join(work, 'root');
  await mkdir(archives);
  await mkdir(root);
  await chmod(root, 0o755);
  await apt('apt-get', [...flags, '-q', 'download', ...names], archives);
  for (const name of await readdir(archives))
    await run('dpkg-deb', ['-x', join(archives, name), root], LIMITS);
  return root;
}

/**
 * The environment in which binaries in `folder` find libraries that were fetched with them.
 *
 * @param {string} folder
 * @returns {Record<string, string>}
 */
export function libraryPath(folder) {
  const [root = ''] = folder.split(join(sep, 'usr', 'lib', 'postgresql'));
  const folders = ['usr/lib', 'lib']
    .flatMap((each) => [`${each}/x86_64-linux-gnu`, `${each}/aarch64-linux-gnu`])
    .map((each) => join(root, each))
    .filter((each) => root !== '' && existsSync(each));
  return folders.length === 0 ? {} : { LD_LIBRARY_PATH: folders.join(':') };
}

/** This machine's own package lists; where there are none yet, lists of our own, so that the system's stay untouched. */
async function flagsThatWork(work) {
  const sandbox = ['-o', 'APT::Sandbox::User=root'];
  const version = await serverPackage(sandbox).catch(() => undefined);
  if (version !== undefined) return sandbox;
  for (const dir of ['lists/partial', 'cache/archives/partial'])
    await mkdir(join(work, dir), { recursive: true });
  const own = { 'Dir::State::lists': join(work, 'lists'), 'Dir::Cache': join(work, 'cache') };
  const flags = [...sandbox, ...Object.entries(own).flatMap(([name, value]) => ['-o', `${name}=${value}`])];
  await apt('apt-get', [...flags, '-q', 'update'], work);
  return flags;
}

/** The package that `postgresql` stands for, such as `postgresql-15`. */
async function serverPackage(flags) {
  const { stdout } = await apt('apt-cache', [...flags, 'depends', 'postgresql']);
  const name = /Depends: (postgresql-\d+)/.exec(stdout)?.[1];
  if (name === undefined) throw new Error('apt knows no package postgresql');
  return name;
}

/** What an installation would bring. */
async function missingPackages(flags) {
  const server = await serverPackage(flags);
  const { stdout } = await apt('apt-get', [...flags, '-s', '--no-install-recommends', 'install', server]);
  const names = [...stdout.matchAll(/^Inst (\S+)/gm)].map(([, name]) => name);
  return names.includes(server)
    ? names
    : [...names, server, server.replace('postgresql', 'postgresql-client')];
}

function apt(command, args, cwd) {
  return run(command, args, { ...LIMITS, cwd, env: { ...process.env, LC_ALL: 'C' } });
}
