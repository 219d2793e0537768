import fc from 'fast-check';
import { expect, it } from 'vitest';
import { TtlCache } from './ttl-cache.js';

interface Expected {
  readonly key: number;
  readonly value: number;
  readonly expiresAt: number;
  readonly setAt: number;
}

/** The obvious, slow cache: a list, searched and filtered on every step. */
class Model {
  now = 0;
  private living: readonly Expected[] = [];
  private steps = 0;

  constructor(private readonly maxEntries: number) {}

  alive(): readonly Expected[] {
    this.living = this.living.filter((entry) => entry.expiresAt > this.now);
    return this.living;
  }

  set(key: number, value: number, ttlMs: number): void {
    this.steps += 1;
    const entry = { key, value, expiresAt: this.now + ttlMs, setAt: this.steps };
    const others = this.alive().filter((other) => other.key !== key);
    const isNew = others.length === this.living.length;
    this.living = [...(isNew && others.length >= this.maxEntries ? withoutFirst(others) : others), entry];
  }

  delete(key: number): boolean {
    const before = this.alive().length;
    this.living = this.living.filter((entry) => entry.key !== key);
    return this.living.length < before;
  }

  clear(): void {
    this.living = [];
  }
}

function withoutFirst(entries: readonly Expected[]): readonly Expected[] {
  const [first] = [...entries].sort((a, b) => a.expiresAt - b.expiresAt || a.setAt - b.setAt);
  return entries.filter((entry) => entry !== first);
}

const key = fc.nat(12);
const ttlMs = fc.oneof(fc.integer({ min: 1, max: 20 }), fc.constant(Infinity));
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('set' as const), key, ttlMs }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('delete' as const), key }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.nat(15) }) },
  { weight: 1, arbitrary: fc.constant({ do: 'clear' as const }) },
);

it('behaves like a plain list after any sequence of calls', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 8 }), fc.array(step, { maxLength: 120 }), (maxEntries, steps) => {
      const model = new Model(maxEntries);
      const cache = new TtlCache<number, number>({ ttlMs: 10, maxEntries, clock: () => model.now });
      steps.forEach((next, value) => {
        if (next.do === 'set') {
          model.set(next.key, value, next.ttlMs);
          cache.set(next.key, value, { ttlMs: next.ttlMs });
        }
        if (next.do === 'wait') model.now += next.ms;
        if (next.do === 'delete') expect(cache.delete(next.key)).toBe(model.delete(next.key));
        if (next.do === 'clear') {
          model.clear();
          cache.clear();
        }
        expectSame(cache, model);
      });
    }),
    { numRuns: 500 },
  );
});

function expectSame(cache: TtlCache<number, number>, model: Model): void {
  const alive = model.alive();
  const sorted = [...cache.entries()].sort(([a], [b]) => a - b);
  expect(sorted).toEqual(alive.map((entry) => [entry.key, entry.value]).sort(([a], [b]) => a! - b!));
  expect(cache.size).toBe(alive.length);
  const next = Math.min(...alive.map((entry) => entry.expiresAt));
  expect(cache.nextExpiry()).toBe(next === Infinity ? undefined : next);
  for (let k = 0; k <= 12; k += 1) {
    const entry = alive.find((candidate) => candidate.key === k);
    expect([cache.get(k), cache.has(k), cache.expiresAt(k)]).toEqual([
      entry?.value,
      entry !== undefined,
      entry?.expiresAt,
    ]);
  }
}
