/**
 * Writes docs/errors.md from the lists of error codes that packages and apps export.
 *
 *   node --conditions=@raftainer/source --import tsx scripts/errors-reference.mjs [--check]
 *
 * With --check nothing is written, and the exit code is 1 when the file is not what it should be.
 */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { format } from 'prettier';
import { ROOT } from './processes.mjs';
import { workspaces } from './workspaces.mjs';

const FILE = join(ROOT, 'docs', 'errors.md');
const COMMAND = 'node --conditions=@raftainer/source --import tsx scripts/errors-reference.mjs';

const HEAD = `<!-- Written by scripts/errors-reference.mjs from the *_ERRORS lists in the code. Change those. -->

# Errors

Every error of Raftainer carries a \`code\` that stays the same over versions; messages may change. Errors of the libraries also say whether the same call may succeed
later (\`retryable\`) and keep what caused them (\`cause\`). Recognise them by their code, or with the \`isXxxError\` function of the package, not by \`instanceof\`.

Codes of Consul and Docker pass through the agent as they are: they stand in its log, and as the reason of a failure in a slot's status. What to do about the common ones is in
[operations](operations.md#finding-out-why).
`;

/** The files that may export a list of codes: a package's index, and an app's error files, since apps export nothing. */
async function entriesOf({ path, folder }) {
  const source = join(folder, 'src');
  if (path.startsWith('packages/')) return [join(source, 'index.ts')];
  const names = await readdir(source);
  return names.filter((name) => name.endsWith('-error.ts')).map((name) => join(source, name));
}

async function codesOf(workspace) {
  const lists = [];
  for (const file of await entriesOf(workspace)) {
    const exported = Object.entries(await import(pathToFileURL(file).href));
    lists.push(...exported.filter(([name]) => name.endsWith('_ERRORS')).map(([, codes]) => codes));
  }
  return Object.entries(Object.assign({}, ...lists));
}

async function section(workspace) {
  const codes = await codesOf(workspace);
  if (codes.length === 0) return '';
  const rows = codes.map(([code, meaning]) => `| \`${code}\` | ${meaning.replaceAll('|', '\\|')} |`);
  const title = `\n## ${workspace.name}\n\n[README](../${workspace.path}/README.md)\n`;
  return `${title}\n| code | meaning |\n| --- | --- |\n${rows.join('\n')}\n`;
}

const published = workspaces().filter(({ manifest }) => !manifest.private);
const sections = await Promise.all(published.map(section));
const prettier = JSON.parse(await readFile(join(ROOT, '.prettierrc.json'), 'utf8'));
const wanted = await format(HEAD + sections.join(''), { ...prettier, parser: 'markdown' });
const found = await readFile(FILE, 'utf8').catch(() => undefined);

if (found === wanted) {
  console.log('The list of errors is up to date.');
} else if (process.argv.includes('--check')) {
  console.error(`docs/errors.md is not up to date. Run: ${COMMAND}`);
  process.exitCode = 1;
} else {
  await writeFile(FILE, wanted);
  console.log('Wrote docs/errors.md.');
}
