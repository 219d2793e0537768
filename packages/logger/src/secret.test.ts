import { format, inspect } from 'node:util';
import { expect, it } from 'vitest';
import { Secret, isSecret } from './secret.js';

const VALUE = 'correct horse';
const secret = new Secret(VALUE);

it('prints [redacted] whatever way it is printed', () => {
  const printed = [
    `value: ${secret as unknown as string}`,
    String(secret),
    ['a', secret].join(),
    secret.toString(),
    JSON.stringify({ secret }),
    inspect(secret),
    inspect({ deep: [secret] }, { depth: 9, showHidden: true }),
    format('%s %o %O %j', secret, secret, secret, secret),
    inspect(new Map([[secret, secret]])),
  ];
  for (const text of printed) {
    expect(text).toContain('[redacted]');
    expect(text).not.toContain(VALUE);
  }
});

it('gives the value only when asked to reveal it', () => {
  expect(secret.reveal()).toBe(VALUE);
  expect(Object.values(secret)).toEqual([]);
  expect(JSON.stringify(Object.entries(secret))).toBe('[]');
});

it('is known by its brand, so that a copy of the package recognises it', () => {
  expect(isSecret(secret)).toBe(true);
  expect(isSecret({ [Symbol.for('@raftainer/logger.Secret')]: true })).toBe(true);
  expect(isSecret({})).toBe(false);
});
