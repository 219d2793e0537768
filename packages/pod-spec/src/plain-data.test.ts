import { describe, expect, it } from 'vitest';

import { plainData } from './plain-data.js';

describe('plainData', () => {
  it('copies JSON data, and leaves the input alone', () => {
    const input = Object.freeze({ a: Object.freeze([1, 'x', null, true, {}]), b: undefined });
    const { data, problems } = plainData(input);
    expect(problems).toEqual([]);
    expect(data).toEqual({ a: [1, 'x', null, true, {}] });
    expect(data).not.toBe(input);
  });

  it('refuses __proto__ without following it', () => {
    const { data, problems } = plainData(JSON.parse('{"a":{"__proto__":{"polluted":true}}}'));
    expect(problems).toEqual([{ path: 'a.__proto__', message: 'is not a name that a field may have' }]);
    expect((data as { a: { polluted?: boolean } }).a.polluted).toBeUndefined();
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it.each([
    ['a function', () => 1],
    ['a symbol', Symbol('x')],
    ['a bigint', 1n],
    ['not a number', Number.NaN],
    ['infinity', Number.POSITIVE_INFINITY],
    ['a date', new Date(0)],
    ['a map', new Map()],
  ])('refuses %s', (_name, value) => {
    expect(plainData({ a: [value] }).problems).toEqual([expect.objectContaining({ path: 'a[0]' })]);
  });

  it('stops at cycles, depth, many values, much text and hostile objects', () => {
    const cycle: Record<string, unknown> = {};
    cycle.self = cycle;
    const hostile = new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error('no');
        },
      },
    );
    const shared = Array.from({ length: 100 }, () => 'x');
    const many = Array.from({ length: 300 }, () => shared);
    expect(messageFor(cycle)).toContain('nested more than 24 levels deep, or within itself');
    expect(messageFor(many)).toContain('more than 20000 values');
    expect(messageFor(new Array(1e9))).toContain('more than 20000 values');
    expect(messageFor({ text: 'x'.repeat(600_000) })).toContain('larger than 512 KiB');
    expect(messageFor({ text: 'x'.repeat(600_000) })).toContain('at least 586 KiB');
    expect(messageFor({ ['x'.repeat(600_000)]: 1 })).toContain('larger than 512 KiB');
    expect(messageFor(hostile)).toBe('cannot be read as data');
  });
});

function messageFor(input: unknown): string | undefined {
  const { tooBig, problems } = plainData(input);
  expect(tooBig).toBe(true);
  return problems[0]?.message;
}
