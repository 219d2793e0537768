/** What an image needs, picked from this machine: commands and the libraries that they are linked to. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { accessSync, constants, realpathSync, statSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { SetupError } from './setup-error.mjs';

/** @typedef {import('./tar.mjs').TarEntry} TarEntry */

const TOOLS = `
  sh [ basename cat chmod cp cut date dd df dirname du echo env expr false getent grep head
  hostname id kill ln ls mkdir mktemp mv nproc printf pwd readlink rm sed seq sleep sort stat
  sync tail tee test timeout touch tr true uname wc xargs yes
`
  .trim()
  .split(/\s+/);

/**
 * Everything of an image that runs `commands`.
 *
 * @param {readonly TarEntry[]} commands
 * @returns {TarEntry[]}
 */
export function imageFiles(commands) {
  const entries = [...skeleton(), ...commands, ...libraries(commands)];
  // The engine refuses an archive that names a path twice, and libraries share folders with the skeleton.
  return [...new Map(entries.map((entry) => [entry.path, entry])).values()];
}

function skeleton() {
  const folders = ['usr', 'usr/bin', 'etc', 'root', 'run', 'var', 'var/tmp'];
  return [
    ...folders.map((path) => ({ path, type: 'directory' })),
    { path: 'tmp', type: 'directory', mode: 0o1777 },
    { path: 'bin', type: 'symlink', target: 'usr/bin' },
    {
      path: 'etc/passwd',
      type: 'file',
      content: 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/sh\n',
    },
    { path: 'etc/group', type: 'file', content: 'root:x:0:\nnogroup:x:65534:\n' },
    { path: 'etc/nsswitch.conf', type: 'file', content: 'passwd: files\ngroup: files\nhosts: files dns\n' },
  ];
}

/**
 * A shell and the usual small commands, as far as this machine has them, and those of `extra`, by name and path.
 *
 * @param {Readonly<Record<string, string>>} [extra]
 * @returns {TarEntry[]}
 */
export function hostCommands(extra = {}) {
  const tools = TOOLS.map((name) => [name, onPath(name)]).filter(([, source]) => source !== undefined);
  if (tools[0]?.[0] !== 'sh') throw new SetupError('There is no shell on PATH to make an image from.');
  return [...tools, ...Object.entries(extra)].map(([name, source]) => command(name, source));
}

function command(name, source) {
  return { path: `usr/bin/${name}`, type: 'file', mode: 0o755, source: realpathSync(source) };
}

/**
 * One binary with all its names; undefined where there is no busybox.
 *
 * @returns {TarEntry[] | undefined}
 */
export function busyboxCommands() {
  const busybox = onPath('busybox');
  if (busybox === undefined) return undefined;
  const names = spawnSync(busybox, ['--list'], { encoding: 'utf8' }).stdout.split('\n').filter(Boolean);
  if (!['sh', 'sleep', 'cat', 'env'].every((name) => names.includes(name))) return undefined;
  const links = names
    .filter((name) => name !== 'busybox')
    .map((name) => ({ path: `usr/bin/${name}`, type: 'symlink', target: 'busybox' }));
  return [command('busybox', busybox), ...links];
}

function onPath(name) {
  for (const folder of (process.env.PATH ?? '').split(delimiter).filter(Boolean)) {
    const candidate = join(folder, name);
    try {
      accessSync(candidate, constants.X_OK);
      if (statSync(candidate).isFile()) return candidate;
    } catch {
      // Not in this folder.
    }
  }
  return undefined;
}

/** The shared libraries and loaders that the binaries name, at the same paths; none for static binaries. */
function libraries(commands) {
  const binaries = commands.flatMap(({ source }) => source ?? []);
  const { stdout, error } = spawnSync('ldd', binaries, { encoding: 'utf8' });
  if (error)
    throw new SetupError(`No image can be made from this machine's files without ldd: ${error.message}.`);
  const paths = new Set(
    [...stdout.matchAll(/(?:=> |^\s+)(\/\S+) \(0x/gm)].map(([, path]) => path.replace(/^\//, '')),
  );
  const folders = new Set([...paths].flatMap(parents));
  return [
    ...[...folders].sort().map((path) => ({ path, type: 'directory' })),
    ...[...paths].sort().map((path) => ({ path, type: 'file', mode: 0o755, source: `/${path}` })),
  ];
}

function parents(path) {
  const folder = dirname(path);
  return folder === '.' ? [] : [...parents(folder), folder];
}

/**
 * Changes when an input does: a command, by size and modification time (hashing 100 MB would cost more than it
 * tells), or the libraries, by the loader's cache, which every installation of one renews.
 *
 * @param {readonly TarEntry[]} commands
 * @returns {string}
 */
export function fingerprint(commands) {
  const hash = createHash('sha256').update(JSON.stringify(skeleton()));
  for (const { path, source, target } of [...commands, { path: 'libraries', source: '/etc/ld.so.cache' }]) {
    const stat = source === undefined ? undefined : statSync(source, { throwIfNoEntry: false });
    hash.update(`${path} ${target} ${source} ${stat?.size} ${stat?.mtimeMs}\n`);
  }
  return hash.digest('hex').slice(0, 12);
}
