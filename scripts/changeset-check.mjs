/**
 * Do the changesets fit the workspaces? `changeset version` finds out only at the release: a name that is misspelled,
 * private or gone, an unknown kind of bump, no word on what changed.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './processes.mjs';
import { runMain } from './run-main.mjs';
import { SetupError } from './setup-error.mjs';
import { workspaces } from './workspaces.mjs';

/**
 * @param {string} text of one changeset file
 * @param {ReadonlySet<string>} publishable names of the packages that can be released
 * @returns {string[]} what is wrong with it
 */
export function changesetProblems(text, publishable) {
  const [, front, summary] = /^---\r?\n([\s\S]*?)---\r?\n([\s\S]*)$/.exec(text) ?? [];
  if (front === undefined) return ['it does not begin with a front matter between two lines of ---'];
  const problems = [];
  const lines = front.split('\n').filter((line) => line.trim() !== '');
  for (const line of lines) {
    const [, name, bump] = /^["']?([^"']+?)["']?\s*:\s*(\S+)\s*$/.exec(line) ?? [];
    if (!publishable.has(name)) problems.push(`${line.trim()}: there is no such package to release`);
    else if (!['patch', 'minor', 'major'].includes(bump))
      problems.push(`${line.trim()}: say patch, minor or major`);
  }
  if (summary.trim() === '') problems.push('it does not say what changed');
  return problems;
}

await runMain(import.meta.url, async () => {
  const folder = join(ROOT, '.changeset');
  const names = workspaces().filter(({ manifest }) => !manifest.private);
  const publishable = new Set(names.map(({ name }) => name));
  const problems = readdirSync(folder)
    .filter((file) => file.endsWith('.md') && file !== 'README.md')
    .flatMap((file) =>
      changesetProblems(readFileSync(join(folder, file), 'utf8'), publishable).map(
        (problem) => `${file}: ${problem}`,
      ),
    );
  if (problems.length > 0)
    throw new SetupError(`Changesets that cannot be released:\n  ${problems.join('\n  ')}`);
});
