/**
 * `npm run build`: builds every workspace that has a build script and whose inputs changed since its last build, two
 * at a time. The order does not matter: builds read their siblings' sources, not their output. `--force` builds all.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { ensureDependencies } from './dependencies.mjs';
import { capture, ROOT } from './processes.mjs';
import { runMain } from './run-main.mjs';
import { SetupError } from './setup-error.mjs';
import { workspaces } from './workspaces.mjs';

const AT_A_TIME = 2;
const STAMPS = join(ROOT, 'node_modules', '.cache', 'raftainer-build');
const SHARED_INPUTS = ['tsup.base.ts', 'tsconfig.base.json', 'package-lock.json'];

/**
 * @param {{ force?: boolean, log?: (line: string) => void }} [options]
 * @throws {SetupError} with the output of every build that failed
 */
export async function buildAll({ force = false, log = () => {} } = {}) {
  const all = workspaces();
  const waiting = all
    .filter(({ manifest }) => manifest.scripts?.build)
    .map((workspace) => ({ workspace, inputs: fingerprint(workspace, all) }))
    .filter(({ workspace, inputs }) => force || !isCurrent(workspace, inputs));
  if (waiting.length === 0) return;
  log(`Building ${waiting.map(({ workspace }) => workspace.path).join(', ')}…`);
  const failures = [];
  const worker = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const failure = await build(next, log);
      if (failure) failures.push(failure);
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, worker));
  if (failures.length > 0)
    throw new SetupError(`${failures.length} builds failed:\n\n${failures.join('\n\n')}`);
}

async function build({ workspace, inputs }, log) {
  const begin = Date.now();
  const { code, output } = await capture('npm', ['run', '--silent', 'build'], { cwd: workspace.folder });
  if (code !== 0) return `--- ${workspace.path}\n${output.trim()}`;
  mkdirSync(STAMPS, { recursive: true });
  writeFileSync(stampFile(workspace), stamp(workspace, inputs));
  log(`  ${workspace.path} (${((Date.now() - begin) / 1000).toFixed(1)} s)`);
  return undefined;
}

function isCurrent(workspace, inputs) {
  const file = stampFile(workspace);
  return existsSync(file) && readFileSync(file, 'utf8') === stamp(workspace, inputs);
}

function stampFile(workspace) {
  return join(STAMPS, workspace.path.replace('/', '-'));
}

/** What was built from, and when what is there was built: a `dist` that went away or was replaced is not current. */
function stamp({ folder }, inputs) {
  const dist = join(folder, 'dist');
  const times = existsSync(dist) ? readdirSync(dist).map((name) => statSync(join(dist, name)).mtimeMs) : [];
  return `${inputs} ${times.length} ${Math.max(0, ...times)}\n`;
}

/** A hash over the content of a workspace's inputs: its own, and, for the types, the sources of its siblings. */
function fingerprint(workspace, all) {
  const files = SHARED_INPUTS.map((name) => join(ROOT, name));
  for (const { folder } of withSiblings(workspace, all)) {
    files.push(join(folder, 'package.json'), join(folder, 'tsconfig.json'), join(folder, 'tsup.config.ts'));
    files.push(...sourcesIn(join(folder, 'src')));
  }
  const hash = createHash('sha256');
  for (const file of files.filter(existsSync))
    hash
      .update(`${relative(ROOT, file)}\0`)
      .update(readFileSync(file))
      .update('\0');
  return hash.digest('hex');
}

function withSiblings(workspace, all, found = new Set()) {
  if (found.has(workspace)) return found;
  found.add(workspace);
  for (const name of Object.keys(workspace.manifest.dependencies ?? {})) {
    const sibling = all.find((each) => each.name === name);
    if (sibling) withSiblings(sibling, all, found);
  }
  return found;
}

function sourcesIn(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.test.ts'))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}

await runMain(import.meta.url, async () => {
  await ensureDependencies({ log: console.log });
  await buildAll({ force: process.argv.includes('--force'), log: console.log });
});
