import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { workspaces } from '../scripts/workspaces.mjs';

const root = join(import.meta.dirname, '..');

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly license: string;
  readonly type: string;
  readonly sideEffects: boolean;
  readonly engines: { readonly node: string };
  readonly main?: string;
  readonly types?: string;
  readonly bin?: Readonly<Record<string, string>>;
  readonly files: readonly string[];
  readonly exports: Readonly<Record<string, unknown>>;
  readonly scripts: Readonly<Record<string, string>>;
  readonly publishConfig?: { readonly access: string };
  readonly dependencies?: Readonly<Record<string, string>>;
}

interface Workspace {
  readonly path: string;
  readonly folder: string;
  readonly manifest: Manifest;
}

const all = workspaces() as readonly Workspace[];
const named = all.map((workspace) => [workspace.path, workspace] as const);
const libraries = named.filter(([path]) => path.startsWith('packages/'));
const apps = named.filter(([path]) => path.startsWith('apps/'));

async function manifestOfRoot(): Promise<Manifest> {
  return JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as Manifest;
}

describe.each(named)('%s', (path, { folder, manifest }) => {
  it('has the skeleton of every workspace', () => {
    const needed = ['README.md', 'package.json', 'tsconfig.json', 'src'];
    const missing = needed.filter((name) => !existsSync(join(folder, name)));
    expect(missing).toEqual([]);
  });

  it('is named after its folder, in step with the others, under the same licence', () => {
    expect(manifest).toMatchObject({
      name: path.replace(/^\w+\//, '@raftainer/'),
      version: all[0]?.manifest.version,
      license: 'Apache-2.0',
      type: 'module',
      engines: { node: '>=20.19' },
      sideEffects: false,
    });
    expect(manifest.private === true || manifest.publishConfig?.access === 'public').toBe(true);
  });

  it('asks for its siblings in the version that is here', () => {
    const siblings = Object.entries(manifest.dependencies ?? {}).filter(([name]) =>
      name.startsWith('@raftainer/'),
    );
    for (const [, range] of siblings) expect(range).toBe(`^${manifest.version}`);
  });

  it('has no folder that says nothing', async () => {
    const entries = await readdir(join(folder, 'src'), { recursive: true });
    expect(entries.filter((name) => /(^|\/)(lib|utils?|structs|common|helpers?)(\.ts)?$/.test(name))).toEqual(
      [],
    );
  });

  it('begins its README with what it is', async () => {
    const [title, blank, paragraph] = (await readFile(join(folder, 'README.md'), 'utf8')).split('\n');
    expect(title).toMatch(/^# /);
    expect(blank).toBe('');
    expect(paragraph).toMatch(/^\S.{30,}/);
  });
});

describe.each(libraries)('%s', (_path, { folder, manifest }) => {
  it('exports sources to the repository, and ESM, CJS and types to everyone', () => {
    const entries = Object.entries(manifest.exports).filter(([name]) => !name.endsWith('.json'));
    expect(entries.map(([name]) => name)).toContain('.');
    for (const [name, entry] of entries) {
      const file = name === '.' ? 'index' : name.slice(2);
      expect(entry).toEqual({
        '@raftainer/source': `./src/${file}.ts`,
        import: { types: `./dist/${file}.d.ts`, default: `./dist/${file}.js` },
        require: { types: `./dist/${file}.d.cts`, default: `./dist/${file}.cjs` },
      });
      // Tools take the first condition that they know.
      expect(Object.keys(entry as object)[0]).toBe('@raftainer/source');
      expect(existsSync(join(folder, 'src', `${file}.ts`))).toBe(true);
    }
    expect(manifest.exports['./package.json']).toBe('./package.json');
    expect(manifest).toMatchObject({ main: './dist/index.cjs', types: './dist/index.d.ts' });
  });

  it('has an index that only exports', async () => {
    const index = await readFile(join(folder, 'src/index.ts'), 'utf8');
    const code = index.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '').split(/;\s*/);
    expect(
      code.map((statement) => statement.trim()).filter((each) => each && !each.startsWith('export ')),
    ).toEqual([]);
    expect(code.some((statement) => /\bfrom '/.test(statement))).toBe(true);
  });

  it('has its README example run by a test', async () => {
    const tests = existsSync(join(folder, 'test')) ? await readdir(join(folder, 'test')) : [];
    expect(tests.filter((name) => /^readme(\.integration)?\.test\.ts$/.test(name))).toHaveLength(1);
  });
});

describe.each(apps)('%s', (_path, { folder, manifest }) => {
  it('has a program that is packed with it', () => {
    const programs = Object.values(manifest.bin ?? {});
    expect(programs.length).toBeGreaterThan(0);
    for (const program of programs) expect(existsSync(join(folder, program))).toBe(true);
    expect(manifest.files).toEqual(expect.arrayContaining(['dist', 'bin']));
  });
});

describe('the root', () => {
  it('has every script that the documentation names, and each leads to something', async () => {
    const { scripts } = await manifestOfRoot();
    const named = [
      'build',
      'start',
      'start:watch',
      'lint',
      'format',
      'typecheck',
      'test',
      'test:unit',
      'test:integration',
    ];
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining([...named, 'check', 'bench', 'quickstart']));
    const files = Object.values(scripts).flatMap(
      (script) => script.match(/\b(scripts|bench|apps)\/[\w/.-]+/g) ?? [],
    );
    expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([]);
  });

  it('has the licence that every package names', async () => {
    const licence = await readFile(join(root, 'LICENSE'), 'utf8');
    expect(licence).toMatch(/Apache License\s+Version 2\.0/);
    expect(await manifestOfRoot()).toMatchObject({ license: 'Apache-2.0', private: true });
  });

  it('knows the arrows of every workspace', async () => {
    const boundaries = await readFile(join(root, '.dependency-cruiser.cjs'), 'utf8');
    expect(all.filter(({ path }) => !boundaries.includes(`'${path}':`)).map(({ path }) => path)).toEqual([]);
  });
});
