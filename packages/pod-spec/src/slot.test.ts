import { describe, expect, it } from 'vitest';
import { parseSlotId, slotIdOf, slotRefOf } from './slot.js';

describe('slot ids', () => {
  it('reads back what it writes', () => {
    expect(slotIdOf({ pod: 'web', index: 3 })).toBe('web/3');
    expect(slotRefOf('web/3')).toEqual({ pod: 'web', index: 3 });
    expect(parseSlotId('web/3')).toEqual({ pod: 'web', index: 3 });
  });

  it.each(['web', 'web/', '/3', 'web/03', 'web/-1', 'web/1.5', 'web/1/2', 'web/x'])('%j is none', (text) => {
    expect(parseSlotId(text)).toBeUndefined();
  });
});
