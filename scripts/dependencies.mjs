/** Installs the dependencies when they are missing or not those of the lock file. Node built-ins only. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, visible } from './processes.mjs';
import { SetupError } from './setup-error.mjs';

/**
 * @param {{ log?: (line: string) => void, root?: string }} [options]
 * @throws {SetupError} when `npm ci` fails
 */
export async function ensureDependencies({ log = () => {}, root = ROOT } = {}) {
  if (dependenciesAreCurrent(root)) return;
  log('Installing the dependencies with npm ci…');
  const code = await visible('npm', ['ci', '--no-audit', '--no-fund'], { cwd: root });
  if (code !== 0)
    throw new SetupError(`npm ci failed with exit code ${code}: see above.`, { nextStep: 'npm ci' });
}

/**
 * Compares the lock file with the one that npm keeps of what it installed. Packages of other platforms are optional in
 * the lock and absent from the installation.
 *
 * @param {string} root
 */
export function dependenciesAreCurrent(root) {
  const installed = packagesOf(join(root, 'node_modules', '.package-lock.json'));
  if (installed === undefined) return false;
  return Object.entries(packagesOf(join(root, 'package-lock.json')) ?? {})
    .filter(([path]) => path.includes('node_modules/'))
    .every(([path, wanted]) => {
      const found = installed[path];
      if (found === undefined) return Boolean(wanted.optional || wanted.devOptional);
      return found.version === wanted.version && found.integrity === wanted.integrity;
    });
}

function packagesOf(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).packages : undefined;
}
