import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './processes.mjs';

/**
 * @typedef {object} Workspace
 * @property {string} name as in its package.json
 * @property {string} path below the root, with forward slashes: `packages/docker`
 * @property {string} folder its absolute path
 * @property {any} manifest its package.json
 */

/**
 * The workspaces, packages first, each in alphabetical order.
 *
 * @param {string} [root]
 * @returns {Workspace[]}
 */
export function workspaces(root = ROOT) {
  return ['packages', 'apps'].flatMap((group) =>
    readdirSync(join(root, group))
      .sort()
      .filter((name) => existsSync(join(root, group, name, 'package.json')))
      .map((name) => {
        const folder = join(root, group, name);
        const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
        return { name: manifest.name, path: `${group}/${name}`, folder, manifest };
      }),
  );
}
