import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OrderedTable } from './ordered-table.js';

describe('OrderedTable', () => {
  it('is a sorted map, whatever is put and deleted in whatever order', () => {
    const step = fc.record({ key: fc.string({ maxLength: 3 }), put: fc.boolean(), value: fc.nat() });
    fc.assert(
      fc.property(fc.array(step), fc.string({ maxLength: 2 }), (steps, prefix) => {
        const table = new OrderedTable<number>();
        const model = new Map<string, number>();
        for (const { key, put, value } of steps) {
          if (put) table.put(key, value);
          else table.delete(key);
          if (put) model.set(key, value);
          else model.delete(key);
        }
        const expected = [...model]
          .filter(([key]) => key.startsWith(prefix))
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([, value]) => value);
        expect(table.list(prefix)).toEqual(expected);
        expect(table.list()).toHaveLength(model.size);
      }),
    );
  });
});
