/**
 * The boundaries of the code base, checked by `npm run check`: arrows point down only, values do no I/O, and what is
 * published stands on what its own package.json declares. `test/boundaries.test.ts` proves that each rule fires.
 */
const { existsSync, readdirSync, readFileSync } = require('node:fs');
const { join } = require('node:path');

/** Which workspaces each one may import. A new package is added here, or may import none. */
const ARROWS = {
  'packages/pod-spec': [],
  'packages/constraints': [],
  'packages/planner': ['pod-spec', 'constraints'],
  'packages/ttl-cache': [],
  'packages/logger': [],
  'packages/consul': [],
  'packages/docker': [],
  'packages/vault': [],
  'packages/embedded': [],
  'packages/cluster': ['consul', 'pod-spec', 'constraints'],
  'packages/testing': ['docker', 'embedded'],
  'apps/cli': ['pod-spec', 'constraints', 'planner', 'ttl-cache', 'logger', 'consul', 'docker', 'cluster'],
  'apps/agent': [
    ...['pod-spec', 'constraints', 'planner', 'ttl-cache', 'logger'],
    ...['consul', 'docker', 'vault', 'embedded', 'cluster'],
  ],
};

/** Values: the same input gives the same output, on every host. */
const PURE = '^packages/(pod-spec|constraints|planner|ttl-cache)/src/';
const PROBE = '^packages/constraints/src/probe(/|[.]ts$)';
const PURE_BUILTINS = ['crypto', 'util', 'assert'];

const TESTS = ['[.]test[.]ts$', '^(packages|apps)/[^/]+/(test|bench)/'];
const NOT_PRODUCTION = [...TESTS, '[.]config[.]ts$', '^packages/testing/'];
const PRODUCTION = '^(packages|apps)/[^/]+/(src|bin)/';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      comment:
        'Modules that import each other depend on the order in which they are loaded, and cannot be moved alone. ' +
        'A ring that only types close is none at run time.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-unresolvable',
      comment: 'The import leads to no file: misspelled, or not installed.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-undeclared',
      comment:
        "Whoever installs the package alone gets only what its own package.json declares: add it to 'dependencies'.",
      severity: 'error',
      from: { path: PRODUCTION, pathNot: NOT_PRODUCTION },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'no-dev-dependencies-in-production',
      comment: 'devDependencies are not installed with the package.',
      severity: 'error',
      from: { path: PRODUCTION, pathNot: NOT_PRODUCTION },
      to: { dependencyTypes: ['npm-dev'] },
    },
    {
      name: 'no-tests-in-production',
      comment: '@raftainer/testing, tests and scripts are not published.',
      severity: 'error',
      from: { path: PRODUCTION, pathNot: NOT_PRODUCTION },
      to: { path: [...TESTS, '^packages/testing/', '^scripts/', '^test/', '^fleet/'] },
    },
    {
      name: 'pure-without-io',
      comment:
        'Values do no I/O and read no clock: pass in what they need. Of the built-in modules they may use node:crypto and node:util.',
      severity: 'error',
      from: { path: PURE, pathNot: [...TESTS, PROBE] },
      to: { dependencyTypes: ['core'], pathNot: `^(node:)?(${PURE_BUILTINS.join('|')})$` },
    },
    {
      name: 'pure-without-probing',
      comment: 'Facts about a host are an input of the rules; only the probe entry reads them.',
      severity: 'error',
      from: { path: PURE, pathNot: [...TESTS, PROBE] },
      to: { path: ['node_modules/systeminformation', PROBE] },
    },
    {
      name: 'packages-do-not-import-apps',
      comment: 'Arrows point down: apps compose packages.',
      severity: 'error',
      from: { path: '^packages/' },
      to: { path: '^apps/' },
    },
    {
      name: 'apps-do-not-import-apps',
      comment: 'Apps share packages, not code.',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'through-the-entry',
      comment:
        'Other workspaces are imported by their name, through an entry of their exports map; the rest is their own business.',
      severity: 'error',
      from: { path: '^((?:packages|apps)/[^/]+)/' },
      to: { path: '^(packages|apps)/', pathNot: ['^$1/', ...entries()] },
    },
    ...workspaces().map(arrowsOf),
    ...workspaces().map(declaredOf),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|coverage|[.]cache)/' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['@raftainer/source', 'import', 'require', 'node', 'default', 'types'],
    },
  },
};

/** For production code; tests may use any package. */
function arrowsOf({ path: workspace }) {
  const allowed = ARROWS[workspace] ?? [];
  return {
    name: `arrows-of-${workspace.replace('/', '-')}`,
    comment: `${workspace} may import of this repository: ${allowed.join(', ') || 'nothing'}.`,
    severity: 'error',
    from: { path: `^${workspace}/`, pathNot: TESTS },
    to: { path: '^packages/', pathNot: [`^${workspace}/`, ...allowed.map((name) => `^packages/${name}/`)] },
  };
}

/** Siblings are found through links whether they are declared or not, so `no-undeclared` does not see them. */
function declaredOf({ path, manifest }) {
  const declared = Object.keys(manifest.dependencies ?? {});
  const siblings = workspaces().filter((each) => declared.includes(each.manifest.name));
  return {
    name: `declared-by-${path.replace('/', '-')}`,
    comment: `Add the package to 'dependencies' in ${path}/package.json.`,
    severity: 'error',
    from: { path: `^${path}/`, pathNot: NOT_PRODUCTION },
    to: {
      path: '^packages/',
      pathNot: [path, ...siblings.map((each) => each.path)].map((each) => `^${each}/`),
    },
  };
}

function workspaces() {
  return ['packages', 'apps'].flatMap((group) =>
    (existsSync(join(__dirname, group)) ? readdirSync(join(__dirname, group)) : [])
      .map((name) => ({ path: `${group}/${name}`, file: join(__dirname, group, name, 'package.json') }))
      .filter(({ file }) => existsSync(file))
      .map(({ path, file }) => ({ path, manifest: JSON.parse(readFileSync(file, 'utf8')) })),
  );
}

/** The source files and data that exports maps name. */
function entries() {
  return workspaces().flatMap(({ path, manifest }) =>
    Object.values(manifest.exports ?? {}).map((entry) => {
      const file = typeof entry === 'string' ? entry : (entry['@raftainer/source'] ?? entry.default);
      return `^${path}/${file.replace('./', '')}$`;
    }),
  );
}
