/**
 * `npm test`: readies dependencies, build, a Docker engine, a real Consul and a real PostgreSQL, runs Vitest (arguments are passed on),
 * stops what it started, and ends with the line `N passed, N failed`.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { buildAll } from './build.mjs';
import { cacheFolder } from './cache-folder.mjs';
import { ensureConsul } from './consul.mjs';
import { ensureDependencies } from './dependencies.mjs';
import { withEngine } from './engine.mjs';
import { ensurePostgres } from './postgres.mjs';
import { ROOT, visible } from './processes.mjs';
import { runMain } from './run-main.mjs';

const log = (line) => console.error(line);

async function main() {
  const args = process.argv.slice(2);
  await ensureDependencies({ log });
  await buildAll({ log });
  // Tests that start our programs take the built ones, which are there in a fraction of the time.
  process.env.RAFTAINER_TEST_BUILT = 'true';
  const { code, report } = await (needsServers(args) ? withServers(args) : runVitest(args));
  for (const text of secondTries(report)) log(text);
  const { line, green } = summarize(report, code);
  console.log(`\n${line}`);
  if (!green) process.exitCode = code || 1;
}

function withServers(args) {
  return withEngine(
    async ({ host }, interrupted) => {
      process.env.DOCKER_HOST = host;
      process.env.RAFTAINER_TEST_CONSUL = await ensureConsul({ cacheDir: cacheFolder(), log });
      process.env.RAFTAINER_TEST_POSTGRES ??= await ensurePostgres({ cacheDir: cacheFolder(), log });
      return interrupted.aborted ? {} : runVitest(args);
    },
    { log },
  );
}

/** Unit tests alone need nothing but Node. */
function needsServers(args) {
  const projects = args.join(' ').matchAll(/--project[= ](\S+)/g);
  const names = [...projects].map(([, name]) => name);
  return names.length === 0 || names.some((name) => name !== 'unit');
}

async function runVitest(args) {
  const folder = mkdtempSync(join(tmpdir(), 'raftainer-test-'));
  const file = join(folder, 'report.json');
  try {
    const vitest = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
    const flags = ['run', '--config', 'vitest.workspace.ts', ...reporters, ...args];
    const code = await visible(process.execPath, [vitest, ...flags]);
    return { code, report: readReport(file) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined; // Vitest ended before its report: its exit code tells.
  }
}

/**
 * What passed only when it was tried again, with what was wrong the first time: Vitest itself does not say, and a test
 * that needs luck hides a fault until the day it has none.
 *
 * @param {any} report of Vitest's JSON reporter; undefined when there is none
 */
export function secondTries(report) {
  return (report?.testResults ?? []).flatMap(({ name, assertionResults }) =>
    assertionResults
      .filter(({ status, failureMessages = [] }) => status === 'passed' && failureMessages.length > 0)
      .map(({ fullName, failureMessages }) =>
        [`Needed another try: ${relative(ROOT, name)} > ${fullName}`, ...failureMessages].join('\n'),
      ),
  );
}

/**
 * The last line, and whether all is well. A file that could not be loaded has no tests to count: it counts as one
 * failure; so does an exit code that no test explains (an error outside of tests, nothing run at all).
 *
 * @param {any} report of Vitest's JSON reporter; undefined when there is none
 * @param {number | undefined} exitCode of Vitest; undefined when it did not run
 */
export function summarize(report, exitCode) {
  const files = report?.testResults ?? [];
  const unloaded = files.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  );
  const passed = report?.numPassedTests ?? 0;
  const skipped = (report?.numPendingTests ?? 0) + (report?.numTodoTests ?? 0);
  const counted = (report?.numFailedTests ?? 0) + unloaded.length;
  const failed = counted === 0 && (exitCode !== 0 || passed === 0) ? 1 : counted;
  const line = `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
  return { line, green: failed === 0 };
}

await runMain(import.meta.url, main);
