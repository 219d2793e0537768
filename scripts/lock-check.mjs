/**
 * Is package-lock.json good for every platform and every registry? npm skips a platform's package that the registry
 * does not have without a word, and then refuses its own lock (`npm ci`: "Missing: … from lock file") or leaves users
 * of that platform without a binary.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './processes.mjs';
import { runMain } from './run-main.mjs';
import { SetupError } from './setup-error.mjs';

/**
 * @param {any} lock the parsed package-lock.json, version 2 or 3
 * @returns {string[]} what is wrong; empty when nothing is
 */
export function lockProblems(lock) {
  const entries = Object.entries(lock.packages ?? {});
  if (entries.length === 0) return ['there are no packages in it: it needs lockfileVersion 3'];
  const names = new Set(entries.map(([path, entry]) => entry.name ?? path.split('node_modules/').at(-1)));
  const problems = entries.flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => !names.has(name))
      .map((name) => `${path || 'package.json'} names ${name} in optionalDependencies, which has no entry`),
  );
  for (const [path, { resolved }] of entries) {
    if (/^[a-z+]+:\/\//.test(resolved ?? '')) problems.push(`${path} is bound to a host: ${resolved}`);
  }
  return problems;
}

await runMain(import.meta.url, async () => {
  const file = process.argv[2] ?? join(ROOT, 'package-lock.json');
  const problems = lockProblems(JSON.parse(readFileSync(file, 'utf8')));
  if (problems.length === 0) return;
  throw new SetupError(`${file}:\n  ${problems.join('\n  ')}`, {
    nextStep:
      'rm -r node_modules package-lock.json && npm install --omit-lockfile-registry-resolved   # with npm 11;\n' +
      '# where a package stays missing, pin its parent to a release that the registry has in full',
  });
});
