import { describe, expect, it } from 'vitest';
import { jsonText } from './json-text.js';

describe('jsonText', () => {
  it('writes flags as numbers up to the largest of 64 bits', () => {
    expect(jsonText({ Flags: 2n ** 64n - 1n }, false)).toBe('{"Flags":18446744073709551615}');
    expect(jsonText([{ Flags: 0n }], true)).toBe('[\n    {\n        "Flags": 0\n    }\n]\n');
  });

  it('leaves a text alone that looks like flags', () => {
    const text = jsonText({ Key: '"Flags":"7"', Flags: 1n }, false);
    expect(JSON.parse(text)).toEqual({ Key: '"Flags":"7"', Flags: 1 });
  });
});
