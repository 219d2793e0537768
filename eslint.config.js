import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

const noDefaultExport = { selector: 'ExportDefaultDeclaration', message: 'Export by name.' };

/** In Node 20 the timeout is garbage collected while the other signals live on, and then never fires. */
const noCollectedTimeout = {
  selector:
    "CallExpression[callee.object.name='AbortSignal'][callee.property.name='any'] CallExpression[callee.property.name='timeout']",
  message: 'Nothing keeps this timeout alive, so it may never fire: use a timer, or listen to both signals.',
};

const houseRules = {
  '@typescript-eslint/consistent-type-definitions': ['error', 'interface'],
  '@typescript-eslint/consistent-type-imports': 'error',
  '@typescript-eslint/explicit-function-return-type': ['error', { allowExpressions: true }],
  '@typescript-eslint/explicit-module-boundary-types': 'error',
  '@typescript-eslint/no-explicit-any': 'error',
  '@typescript-eslint/no-floating-promises': 'error',
  '@typescript-eslint/no-misused-promises': 'error',
  '@typescript-eslint/no-unused-vars': [
    'error',
    { ignoreRestSiblings: true, argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrors: 'all' },
  ],
  '@typescript-eslint/prefer-readonly': 'error',
  '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
  '@typescript-eslint/ban-ts-comment': [
    'error',
    { 'ts-ignore': true, 'ts-expect-error': 'allow-with-description' },
  ],
  '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
  'max-depth': ['error', 3],
  'max-params': ['error', 3],
  'max-lines': ['error', { max: 200, skipBlankLines: true, skipComments: true }],
  'max-lines-per-function': ['error', { max: 40, skipBlankLines: true, skipComments: true }],
  'no-restricted-syntax': ['error', noDefaultExport, noCollectedTimeout],
};

/** In tests a `describe` is one long function, and a story may need the room. */
const testRules = {
  'max-lines': 'off',
  'max-lines-per-function': 'off',
  '@typescript-eslint/no-non-null-assertion': 'off',
};

const clock = 'Time is an input here: take it as a parameter.';
const chance = 'Chance is an input here: take it as a parameter.';
const io = 'Values do no I/O: take what is needed as a parameter.';

const restrictedGlobals = [
  ...['performance', 'setTimeout', 'setInterval', 'setImmediate'].map((name) => ({ name, message: clock })),
  { name: 'crypto', message: chance },
  ...['process', 'console', 'fetch', 'WebSocket', 'globalThis'].map((name) => ({ name, message: io })),
];

const randomImports = ['default', 'webcrypto', 'randomBytes', 'randomFill', 'randomInt', 'randomUUID'];

/** Values give the same answer for the same input, on every host; dependency-cruiser keeps I/O modules out of them. */
function pureRules({ allowed = [] } = {}) {
  const cryptoModules = ['node:crypto', 'crypto'];
  return {
    'no-restricted-syntax': [
      'error',
      noDefaultExport,
      noCollectedTimeout,
      { selector: "MemberExpression[object.name='Date'][property.name='now']", message: clock },
      { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: clock },
      { selector: "CallExpression[callee.name='Date']", message: clock },
      { selector: "MemberExpression[object.name='Math'][property.name='random']", message: chance },
    ],
    'no-restricted-globals': ['error', ...restrictedGlobals.filter(({ name }) => !allowed.includes(name))],
    'no-restricted-imports': [
      'error',
      { paths: cryptoModules.map((name) => ({ name, importNames: randomImports, message: chance })) },
    ],
  };
}

/** What plain scripts find without an import; TypeScript checks this on its own. */
const nodeGlobals = [
  ...['process', 'console', 'fetch', 'performance', 'structuredClone', 'Buffer', 'URL', 'URLSearchParams'],
  ...['AbortController', 'AbortSignal', 'TextDecoder', 'TextEncoder', 'queueMicrotask'],
  ...['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'setImmediate'],
];

export default defineConfig(
  globalIgnores(['**/dist/', '**/node_modules/', 'coverage/', '**/.cache/', '**/bin/*.js']),
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { project: ['tsconfig.json'], tsconfigRootDir: import.meta.dirname } },
    rules: houseRules,
  },
  {
    files: ['pod-spec', 'constraints', 'planner', 'ttl-cache'].map((name) => `packages/${name}/src/**/*.ts`),
    ignores: ['**/*.test.ts', 'packages/constraints/src/probe.ts', 'packages/constraints/src/probe/**'],
    rules: pureRules(),
  },
  {
    // Its clock is a parameter, of which this is the default.
    files: ['packages/ttl-cache/src/ttl-cache.ts'],
    rules: pureRules({ allowed: ['performance'] }),
  },
  {
    files: ['**/*.test.ts', '**/test/**/*.ts', 'bench/**/*.ts', 'packages/testing/**/*.ts'],
    rules: testRules,
  },
  { files: ['*.ts', '**/*.config.ts'], rules: { 'no-restricted-syntax': 'off' } },
  {
    files: ['**/*.mjs', '**/*.js'],
    languageOptions: {
      globals: Object.fromEntries(nodeGlobals.map((name) => [name, 'readonly'])),
    },
  },
  {
    files: ['**/*.cjs'],
    languageOptions: {
      sourceType: 'commonjs',
      globals: { __dirname: 'readonly', module: 'writable', require: 'readonly' },
    },
  },
  prettier,
);
