import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');

/** Files that break a boundary, each with all the rules that have to name it. */
const violations: Readonly<Record<string, { readonly code: string; readonly rules: readonly string[] }>> = {
  'packages/planner/src/ring-a.ts': { code: `export * from './ring-b.js';`, rules: ['no-circular'] },
  'packages/docker/src/lost.ts': { code: `export * from './nowhere.js';`, rules: ['no-unresolvable'] },
  'packages/docker/src/absent.ts': { code: `import 'not-installed-anywhere';`, rules: ['no-unresolvable'] },
  'packages/docker/src/borrowed.ts': { code: `import 'undeclared';`, rules: ['no-undeclared'] },
  'packages/docker/src/borrowed-type.ts': {
    code: `import type { x } from 'undeclared';\nexport type Y = typeof x;`,
    rules: ['no-undeclared'],
  },
  'packages/docker/src/dev.ts': { code: `import 'dev-only';`, rules: ['no-dev-dependencies-in-production'] },
  'packages/docker/src/tested.ts': {
    code: `import '@raftainer/testing';`,
    rules: ['no-tests-in-production', 'arrows-of-packages-docker', 'declared-by-packages-docker'],
  },
  'packages/docker/src/uses-test.ts': { code: `import './some.test.js';`, rules: ['no-tests-in-production'] },
  'packages/docker/src/knows-consul.ts': {
    code: `import '@raftainer/consul';`,
    rules: ['arrows-of-packages-docker', 'declared-by-packages-docker'],
  },
  'packages/consul/src/knows-pods.ts': {
    code: `import type { a } from '@raftainer/pod-spec';\nexport type B = typeof a;`,
    rules: ['arrows-of-packages-consul', 'declared-by-packages-consul'],
  },
  'packages/pod-spec/src/upwards.ts': {
    code: `import '@raftainer/planner';`,
    rules: ['arrows-of-packages-pod-spec', 'declared-by-packages-pod-spec'],
  },
  'packages/newcomer/src/index.ts': {
    code: `import '@raftainer/pod-spec';`,
    rules: ['arrows-of-packages-newcomer'],
  },
  'packages/cluster/src/undeclared-sibling.ts': {
    code: `import '@raftainer/constraints';`,
    rules: ['declared-by-packages-cluster'],
  },
  'packages/cluster/src/burglar.ts': {
    code: `import '../../consul/src/inner.js';`,
    rules: ['through-the-entry'],
  },
  'packages/cluster/src/to-app.ts': {
    code: `import '../../../apps/agent/src/main.js';`,
    rules: ['packages-do-not-import-apps', 'through-the-entry'],
  },
  'apps/cli/src/to-agent.ts': {
    code: `import '../../agent/src/main.js';`,
    rules: ['apps-do-not-import-apps', 'through-the-entry'],
  },
  'packages/planner/src/reads-files.ts': { code: `import 'node:fs';`, rules: ['pure-without-io'] },
  'packages/pod-spec/src/reads-files.ts': { code: `import 'fs/promises';`, rules: ['pure-without-io'] },
  'packages/ttl-cache/src/has-timers.ts': {
    code: `import 'node:timers/promises';`,
    rules: ['pure-without-io'],
  },
  'packages/ttl-cache/src/has-clock.ts': { code: `import 'node:perf_hooks';`, rules: ['pure-without-io'] },
  'packages/constraints/src/asks-host.ts': { code: `await import('node:os');`, rules: ['pure-without-io'] },
  'packages/planner/src/connects.ts': {
    code: `import 'node:net';\nimport 'http';\nimport 'node:dns';`,
    rules: ['pure-without-io'],
  },
  'packages/constraints/src/spawns.ts': { code: `import 'node:child_process';`, rules: ['pure-without-io'] },
  'packages/constraints/src/measures.ts': {
    code: `import 'systeminformation';`,
    rules: ['pure-without-probing'],
  },
  'packages/constraints/src/probes.ts': { code: `import './probe.js';`, rules: ['pure-without-probing'] },
};

/** Files that look like the above and are right. */
const allowed: Readonly<Record<string, string>> = {
  'packages/planner/src/type-ring-a.ts': `import { b } from './type-ring-b.js';\nexport type A = typeof b;`,
  'packages/planner/src/type-ring-b.ts': `import type { A } from './type-ring-a.js';\nexport const b = 1 as A;`,
  // A ring is reported once, where it was entered.
  'packages/planner/src/ring-b.ts': `export * from './ring-a.js';`,
  'packages/planner/src/index.ts': `import '@raftainer/pod-spec';\nimport 'node:crypto';`,
  'packages/pod-spec/src/index.ts': `export const a = 1;`,
  'packages/constraints/src/index.ts': `export const a = 1;`,
  'packages/constraints/src/probe.ts': `import 'node:fs';\nimport 'systeminformation';`,
  'packages/constraints/src/files.test.ts': `import 'node:fs';\nimport '@raftainer/testing';\nimport './probe.js';`,
  'packages/consul/src/index.ts': `import './inner.js';`,
  'packages/consul/src/inner.ts': `export const a = 1;`,
  'packages/docker/src/index.ts': `import 'declared';\nimport 'node:http';`,
  'packages/docker/src/some.test.ts': `import 'dev-only';\nimport '@raftainer/testing';\nimport '@raftainer/consul';`,
  'packages/testing/src/index.ts': `export const a = 1;`,
  'packages/cluster/src/index.ts': `import '@raftainer/consul';\nimport '@raftainer/pod-spec';`,
  'apps/agent/src/main.ts': `import '@raftainer/cluster';`,
};

const dependencies: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'packages/planner': { '@raftainer/pod-spec': '1' },
  'packages/constraints': { systeminformation: '1' },
  'packages/docker': { declared: '1' },
  'packages/cluster': { '@raftainer/consul': '1', '@raftainer/pod-spec': '1' },
  'packages/newcomer': { '@raftainer/pod-spec': '1' },
  'apps/agent': { '@raftainer/cluster': '1' },
};

interface Violation {
  readonly from: string;
  readonly rule: { readonly name: string };
}

describe('dependency-cruiser', () => {
  let folder: string;
  let found: ReadonlyMap<string, readonly string[]>;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'raftainer-boundaries-'));
    await layOutRepository(folder);
    const all = await cruise(folder);
    found = group(all);
  }, 60_000);

  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  it.each(Object.entries(violations))('%s is refused', (file, { rules }) => {
    expect([...(found.get(file) ?? [])].sort()).toEqual([...rules].sort());
  });

  it.each(Object.keys(allowed))('%s is allowed', (file) => {
    expect(found.get(file)).toBeUndefined();
  });

  it('has a violation here for every rule, the arrows and declarations of like packages aside', async () => {
    const fired = new Set([...found.values()].flat());
    const names = await ruleNames();
    expect(names.filter((name) => !/^(arrows-of|declared-by)-/.test(name) && !fired.has(name))).toEqual([]);
  });
});

async function layOutRepository(folder: string): Promise<void> {
  await cp(join(root, '.dependency-cruiser.cjs'), join(folder, '.dependency-cruiser.cjs'));
  await put(folder, 'package.json', JSON.stringify({ name: 'fixture', type: 'module' }));
  for (const [file, code] of Object.entries(allowed)) await put(folder, file, code);
  for (const [file, { code }] of Object.entries(violations)) await put(folder, file, code);
  await mkdir(join(folder, 'node_modules', '@raftainer'), { recursive: true });
  for (const group of ['packages', 'apps']) {
    for (const name of await readdir(join(folder, group))) await putManifest(folder, `${group}/${name}`);
  }
  for (const name of ['declared', 'undeclared', 'dev-only', 'systeminformation']) {
    await put(
      folder,
      `node_modules/${name}/package.json`,
      JSON.stringify({ name, version: '1.0.0', main: 'index.js' }),
    );
    await put(folder, `node_modules/${name}/index.js`, 'exports.x = 1;');
  }
}

async function putManifest(folder: string, workspace: string): Promise<void> {
  const name = workspace.replace(/^\w+\//, '@raftainer/');
  const manifest = {
    name,
    type: 'module',
    exports: { '.': { '@raftainer/source': './src/index.ts', import: './dist/index.js' } },
    dependencies: dependencies[workspace] ?? {},
    devDependencies: { 'dev-only': '1' },
  };
  await put(folder, `${workspace}/package.json`, JSON.stringify(manifest));
  await symlink(join(folder, workspace), join(folder, 'node_modules', name));
}

async function put(folder: string, file: string, content: string): Promise<void> {
  await mkdir(dirname(join(folder, file)), { recursive: true });
  await writeFile(join(folder, file), `${content}\n`);
}

/** As a program, in the fixture's folder, as `npm run check` runs it in the repository's. */
async function cruise(folder: string): Promise<readonly Violation[]> {
  const program = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const args = [program, '--config', '.dependency-cruiser.cjs', '--output-type', 'json', 'packages', 'apps'];
  const stdout = await new Promise<string>((resolve) => {
    execFile(process.execPath, args, { cwd: folder, maxBuffer: 64 << 20 }, (_failure, output) => {
      resolve(output);
    });
  });
  return (JSON.parse(stdout) as { summary: { violations: readonly Violation[] } }).summary.violations;
}

function group(all: readonly Violation[]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const { from, rule } of all) {
    const names = groups.get(from) ?? [];
    if (!names.includes(rule.name)) groups.set(from, [...names, rule.name]);
  }
  return groups;
}

async function ruleNames(): Promise<readonly string[]> {
  const source = await readFile(join(root, '.dependency-cruiser.cjs'), 'utf8');
  return [...source.matchAll(/^ +name: '([\w-]+)',$/gm)].map((match) => match[1] ?? '');
}

describe('ESLint in pure packages', () => {
  // The rules in question need no types, and reading those of the whole repository takes a minute.
  const eslint = new ESLint({
    cwd: root,
    overrideConfig: { files: ['**/*.ts'], ...tseslint.configs.disableTypeChecked },
  });
  const pureFile = 'packages/planner/src/index.ts';

  async function rulesOn(file: string, code: string): Promise<readonly (string | null)[]> {
    const [result] = await eslint.lintText(`${code}\n`, { filePath: join(root, file) });
    return (
      result?.messages.map(({ ruleId }) => ruleId).filter((id) => id?.startsWith('no-restricted') ?? true) ??
      []
    );
  }

  it.each([
    ['export const now = Date.now();', 'no-restricted-syntax'],
    ['export const now = new Date();', 'no-restricted-syntax'],
    ['export const now = Date();', 'no-restricted-syntax'],
    ['export const chance = Math.random();', 'no-restricted-syntax'],
    ['export const now = performance.now();', 'no-restricted-globals'],
    ['setTimeout(() => undefined, 1);', 'no-restricted-globals'],
    ['setInterval(() => undefined, 1);', 'no-restricted-globals'],
    ['export const id = crypto.randomUUID();', 'no-restricted-globals'],
    ['export const home = process.env.HOME;', 'no-restricted-globals'],
    [`console.log('here');`, 'no-restricted-globals'],
    [`import { randomUUID } from 'node:crypto';\nexport const id = randomUUID();`, 'no-restricted-imports'],
    ['export default 1;', 'no-restricted-syntax'],
  ])(
    'refuses %s',
    async (code, rule) => {
      expect(await rulesOn(pureFile, code)).toEqual([rule]);
    },
    30_000,
  );

  it('allows a date that is given, a hash, and time outside of the pure packages', async () => {
    const given = 'export const at = new Date(0);\nexport const t = Date.parse("2026-01-01");';
    expect(await rulesOn(pureFile, given)).toEqual([]);
    expect(
      await rulesOn(pureFile, `import { createHash } from 'node:crypto';\nexport const h = createHash;`),
    ).toEqual([]);
    expect(await rulesOn('packages/docker/src/index.ts', 'export const now = Date.now();')).toEqual([]);
    expect(await rulesOn('packages/constraints/src/probe.ts', 'export const now = Date.now();')).toEqual([]);
  }, 30_000);
});
