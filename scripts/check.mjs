/**
 * `npm run check`: everything that CI judges besides the tests. All checks run, two at a time, and every failure is
 * reported. `--fast` leaves out those that need a build.
 */
import { join } from 'node:path';
import { buildAll } from './build.mjs';
import { ensureDependencies } from './dependencies.mjs';
import { capture, ROOT } from './processes.mjs';
import { runMain } from './run-main.mjs';
import { SetupError } from './setup-error.mjs';
import { workspaces } from './workspaces.mjs';

const AT_A_TIME = 2;
const NODE = process.execPath;
const ON_SOURCES = ['--conditions=@raftainer/source', '--import', 'tsx'];

const tool = (path) => [NODE, join(ROOT, 'node_modules', path)];

const CHECKS = [
  // Without a cache: it would not see that a type changed in another file.
  ['lint', ...tool('eslint/bin/eslint.js'), '.'],
  ['types', ...tool('typescript/bin/tsc'), '--noEmit', '-p', 'tsconfig.json'],
  ['format', ...tool('prettier/bin/prettier.cjs'), '--check', '--log-level', 'warn', '.'],
  [
    'boundaries',
    ...tool('dependency-cruiser/bin/dependency-cruise.mjs'),
    ...['--config', '.dependency-cruiser.cjs', 'packages', 'apps', 'fleet', 'scripts', 'test'],
  ],
  ['unused code', ...tool('knip/bin/knip.js')],
  ['lock file', NODE, 'scripts/lock-check.mjs'],
  ['changesets', NODE, 'scripts/changeset-check.mjs'],
  ...generatedDocuments(),
];

/** Documents that are made from the code: are they what the code says now? */
function generatedDocuments() {
  return [
    ['pod reference', 'scripts/pod-reference.mjs'],
    ['error codes', 'scripts/errors-reference.mjs'],
  ].map(([name, script]) => [name, NODE, ...ON_SOURCES, script, '--check']);
}

/** Is what would be published sound, and do its types resolve for every kind of user? */
function publishChecks() {
  return workspaces()
    .filter(({ manifest }) => !manifest.private)
    .flatMap(({ path, manifest }) => {
      const publint = [`publint ${path}`, ...tool('publint/src/cli.js'), 'run', '--strict', path];
      if (manifest.types === undefined) return [publint];
      return [
        publint,
        [`types of ${path}`, ...tool('@arethetypeswrong/cli/dist/index.js'), ...attwFlags(path, manifest)],
      ];
    });
}

/** Node 10 and older resolution knows no exports map, hence no entries beside the main one. */
function attwFlags(path, manifest) {
  const data = Object.keys(manifest.exports).filter((entry) => entry.endsWith('.json'));
  return [
    '--pack',
    path,
    '--profile',
    'node16',
    '--no-color',
    '--exclude-entrypoints',
    ...data.map((entry) => entry.slice(2)),
  ];
}

async function runAll(checks) {
  const waiting = [...checks];
  const failures = [];
  const worker = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [name, command, ...args] = next;
      const begin = Date.now();
      const { code, output } = await capture(command, args);
      const seconds = ((Date.now() - begin) / 1000).toFixed(1);
      console.log(`${code === 0 ? '✓' : '✗'} ${name} (${seconds} s)`);
      if (code !== 0) failures.push({ name, output });
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, worker));
  return failures;
}

await runMain(import.meta.url, async () => {
  await ensureDependencies({ log: console.log });
  const isFast = process.argv.includes('--fast');
  if (!isFast) await buildAll({ log: console.log });
  // The longest comes first, and the others are done beside it.
  const failures = await runAll(isFast ? CHECKS : [...CHECKS, ...publishChecks()]);
  if (failures.length === 0) return;
  for (const { name, output } of failures) console.error(`\n--- ${name}\n${output.trim()}`);
  throw new SetupError(`${failures.length} checks failed: ${failures.map(({ name }) => name).join(', ')}.`);
});
