import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { folders } from '@raftainer/cluster';
import { LABELS, REASONS, SERVICE_META } from '@raftainer/planner';
import { describe, expect, it } from 'vitest';
import { capture } from '../scripts/processes.mjs';
import { workspaces } from '../scripts/workspaces.mjs';

const root = join(import.meta.dirname, '..');

interface Workspace {
  readonly path: string;
  readonly folder: string;
  readonly manifest: { readonly scripts: Readonly<Record<string, string>> };
}

const all = workspaces() as readonly Workspace[];
const text = async (file: string): Promise<string> => readFile(join(root, file), 'utf8');

async function markdownFiles(folder = root): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const nested = await Promise.all(
    entries.map(async (entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) {
        return /^(node_modules|dist|coverage|\.git|\.cache)$/.test(entry.name) ? [] : markdownFiles(path);
      }
      return entry.name.endsWith('.md') ? [relative(root, path)] : [];
    }),
  );
  return nested.flat();
}

const files = await markdownFiles();

/** The text without code, in which brackets and signs are not Markdown. */
function prose(markdown: string): string {
  return markdown.replaceAll(/^ *```[\s\S]*?^ *```/gm, '').replaceAll(/`[^`\n]*`/g, '');
}

/** The names by which headings are linked to, as GitHub makes them. */
function anchorsOf(markdown: string): readonly string[] {
  const headings = markdown.replaceAll(/^ *```[\s\S]*?^ *```/gm, '').matchAll(/^#+ (.+)$/gm);
  return [...headings].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

async function brokenLinks(file: string): Promise<readonly string[]> {
  const links = [...prose(await text(file)).matchAll(/\]\(<?([^)\s>]+)>?\)/g)].map(([, link = '']) => link);
  const broken: string[] = [];
  for (const link of links.filter((each) => !/^[a-z]+:/.test(each))) {
    const [path = '', anchor] = link.split('#');
    const target = path === '' ? join(root, file) : join(root, dirname(file), path);
    const exists = existsSync(target);
    if (!exists || (anchor !== undefined && !anchorsOf(await readFile(target, 'utf8')).includes(anchor)))
      broken.push(link);
  }
  return broken;
}

describe.each(files)('%s', (file) => {
  it('links to what is there', async () => {
    expect(await brokenLinks(file)).toEqual([]);
  });

  it('names npm scripts that exist', async () => {
    const scripts = JSON.parse(await text('package.json')) as Workspace['manifest'];
    const known = new Set(
      [scripts, ...all.map(({ manifest }) => manifest)].flatMap((m) => Object.keys(m.scripts)),
    );
    const named = [...(await text(file)).matchAll(/\bnpm run ([a-z][\w:-]*)/g)].map(([, name = '']) => name);
    expect(named.filter((name) => !known.has(name))).toEqual([]);
  });

  it('names files that exist, below the root or in a package', async () => {
    const paths = /`((?:apps|packages|scripts|docs|test|examples)\/[\w./-]+)`/g;
    const named = [...(await text(file)).matchAll(paths)].map(([, path = '']) => path);
    const folders = [root, ...all.map(({ folder }) => folder)];
    expect(named.filter((path) => !folders.some((folder) => existsSync(join(folder, path))))).toEqual([]);
  });

  it('says nothing of the machine that it was written on', async () => {
    expect(await text(file)).not.toMatch(/(^|[\s`"'(])\/(work|root|home)\//m);
  });
});

describe.each(all)('$path/README.md', ({ path }) => {
  it('says what it is, how it is used, and where it ends', async () => {
    const readme = await text(`${path}/README.md`);
    expect(readme).toMatch(/^## Limits$/m);
    expect(readme).toMatch(/```(ts|sh)\n/);
    if (path.startsWith('packages/')) expect(readme.indexOf('```ts\n')).toBeLessThan(readme.indexOf('\n## '));
    if (path !== 'packages/testing') expect(readme).toMatch(/^## (Errors|JSON)$/m);
  });

  it('is found from the root', async () => {
    expect(await text('README.md')).toContain(`](${path}/README.md)`);
  });
});

describe('docs/operations.md', () => {
  const sources = [
    'apps/agent/src/config/read-config.ts',
    'packages/consul/src/options-from-env.ts',
    'packages/docker/src/connection.ts',
    'packages/vault/src/options-from-env.ts',
    'apps/agent/src/config/read-vault.ts',
    'apps/agent/src/secrets/open-secrets-folder.ts',
  ];
  const VARIABLE = /\b(?:HOSTNAME|LOG_[A-Z]+|(?:RAFTAINER|CONSUL|DOCKER|VAULT|XDG)_[A-Z_]*[A-Z])\b/g;

  async function variablesRead(): Promise<readonly string[]> {
    const codes = await Promise.all(sources.map(text));
    // Neither comments nor the texts of messages read anything; error codes look alike.
    const code = codes.join('\n').replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
    const names = [...code.matchAll(VARIABLE)].map(([name]) => name);
    return [...new Set(names)].filter((name) => !/^(CONSUL_BAD|DOCKER_CONFIG)_/.test(name)).sort();
  }

  it('has every variable that the agent reads in its table, and no other', async () => {
    const table = (await text('docs/operations.md'))
      .split(/^## /m)
      .find((part) => part.startsWith('Configuration'));
    const listed = [...(table ?? '').matchAll(/^\| `([A-Z_]+)`/gm)].map(([, name = '']) => name);
    expect([...listed].sort()).toEqual(await variablesRead());
  });
});

describe('docs/architecture.md', () => {
  it('lists the reasons of the planner, each with its meaning', async () => {
    const part = (await text('docs/architecture.md'))
      .split(/^## /m)
      .find((each) => each.startsWith('Reasons'));
    const rows = [...(part ?? '').matchAll(/^\| `([\w-]+)` +\| (.+?) +\|$/gm)].map(
      ([, reason = '', meaning = '']) => [reason, meaning] as const,
    );
    expect(Object.fromEntries(rows)).toEqual(REASONS);
  });

  it('names every label, every key of a service and every folder in Consul', async () => {
    const architecture = await text('docs/architecture.md');
    const named = [...Object.values(LABELS), ...Object.values(SERVICE_META)].map((name) => `\`${name}\``);
    const keys = Object.values(folders()).map((folder) => `| \`${folder}{`);
    expect([...named, ...keys].filter((each) => !architecture.includes(each))).toEqual([]);
  });

  it('explains the words that the code uses', async () => {
    const words =
      (await text('docs/architecture.md')).split(/^## /m).find((each) => each.startsWith('Words')) ?? '';
    for (const word of [
      'pod',
      'slot',
      'claim',
      'host',
      'snapshot',
      'plan',
      'action',
      'reason',
      'revision',
      'verdict',
    ])
      expect(words).toMatch(new RegExp(`^\\| ${word} `, 'm'));
  });
});

describe('docs/decisions', () => {
  it('are numbered without a gap, are listed, and say context, decision and consequences', async () => {
    const names = (await readdir(join(root, 'docs/decisions'))).filter((name) => name !== 'README.md').sort();
    const index = await text('docs/decisions/README.md');
    for (const [at, name] of names.entries()) {
      expect(name).toMatch(new RegExp(`^${String(at + 1).padStart(4, '0')}-[a-z0-9-]+\\.md$`));
      expect(index).toContain(`(${name})`);
      const record = await text(`docs/decisions/${name}`);
      expect(record).toMatch(new RegExp(`^# ${at + 1}\\. `));
      for (const part of ['Context', 'Decision', 'Consequences']) expect(record).toContain(`**${part}.**`);
    }
  });
});

describe('docs/errors.md', () => {
  it('is what the code says', async () => {
    const flags = ['--conditions=@raftainer/source', '--import', 'tsx'];
    const { code, output } = await capture(process.execPath, [
      ...flags,
      'scripts/errors-reference.mjs',
      '--check',
    ]);
    expect({ code, output }).toMatchObject({ code: 0 });
  }, 60_000);
});

describe('docs/runbook.md', () => {
  it('has every recipe run by tests that exist', async () => {
    const recipes = (await text('docs/runbook.md')).split(/^## /m).slice(1);
    expect(recipes.length).toBeGreaterThan(10);
    for (const recipe of recipes) {
      const name = recipe.slice(0, recipe.indexOf('\n'));
      const tests = [...recipe.matchAll(/^- `([\w./-]+\.test\.ts)`: "(.+)"$/gm)];
      expect(tests.length, `tests of the recipe "${name}"`).toBeGreaterThan(0);
      for (const [, file = '', title = ''] of tests) expect(await text(file)).toContain(title);
    }
  });
});
