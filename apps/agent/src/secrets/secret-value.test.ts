import { describe, expect, it } from 'vitest';

import { MAX_FILE_BYTES, secretValue } from './secret-value.js';

import type { SecretTarget } from './secret-target.js';
import type { SecretSource } from '@raftainer/pod-spec';

const FILE: SecretTarget = { slot: 'web/0', container: 'app', kind: 'file', name: '/run/a' };
const VARIABLE: SecretTarget = { ...FILE, kind: 'variable', name: 'A' };

function fromKv(value: unknown, target = FILE, more: object = {}): string {
  const source = { vault: { path: 'kv/web', key: 'k', ...more } } as SecretSource;
  return secretValue(source, { kind: 'kv', data: { k: value } }, target).toString();
}

describe('values of KV', () => {
  it.each([
    ['text', 'a "b"\n', 'a "b"\n'],
    ['nothing at all', '', ''],
    ['a number', 1.5, '1.5'],
    ['a flag', false, 'false'],
    ['an object', { a: [1] }, '{"a":[1]}'],
  ])('are taken as they are, or as JSON: %s', (_what, value, text) => {
    expect(fromKv(value)).toBe(text);
  });

  it.each([undefined, null])('that are missing are named (%s), never written out', (value) => {
    expect(() => fromKv(value)).toThrow(/kv\/web has no key "k".*file \/run\/a of container app of web\/0/);
  });

  it('of inherited names are missing', () => {
    const source = { vault: { path: 'kv/web', key: 'toString' } } as SecretSource;
    expect(() => secretValue(source, { kind: 'kv', data: {} }, FILE)).toThrow(/has no key/);
  });

  it('are decoded from base64 where that is asked for', () => {
    expect(fromKv('aGV sbG8=\n', FILE, { encoding: 'base64' })).toBe('hello');
    expect(() => fromKv('not base64!', FILE, { encoding: 'base64' })).toThrow(/not base64/);
  });

  it('that cannot be given are refused without a word of them', () => {
    expect(() => fromKv('s'.repeat(MAX_FILE_BYTES + 1))).toThrow(/524289 bytes, and at most 524288/);
    expect(() => fromKv('s'.repeat(128 * 1024), VARIABLE)).toThrow(/Give it as a file/);
    expect(() => fromKv('secret\0', VARIABLE)).toThrow(/is binary/);
    expect(() => fromKv('/w==', VARIABLE, { encoding: 'base64' })).toThrow(/is binary/);
    expect(fromKv('secret\0')).toBe('secret\0');
  });
});

describe('credentials', () => {
  const material = { kind: 'database', username: 'v-a', password: 'p@ss/{{username}}' } as const;
  const part = (database: object): string =>
    secretValue({ database: { role: 'web', ...database } }, material, FILE).toString();

  it('are given in parts', () => {
    expect(part({ field: 'username' })).toBe('v-a');
    expect(part({ field: 'password' })).toBe('p@ss/{{username}}');
  });

  it('fill a template once, encoded where that is asked for', () => {
    expect(part({ template: '{{username}}:{{password}}' })).toBe('v-a:p@ss/{{username}}');
    expect(part({ template: 'pg://{{username:url}}:{{password:url}}@db' })).toBe(
      'pg://v-a:p%40ss%2F%7B%7Busername%7D%7D@db',
    );
  });
});

it('a bundle is certificate, chain and key, each on lines of its own', () => {
  const material = {
    kind: 'pki',
    certificate: 'CERT',
    privateKey: 'KEY\n',
    caChain: ['CA1', 'CA2'],
  } as const;
  const source = { pki: { role: 'web', commonName: 'a', field: 'bundle' } } as SecretSource;
  expect(secretValue(source, material, FILE).toString()).toBe('CERT\nCA1\nCA2\nKEY\n');
});
