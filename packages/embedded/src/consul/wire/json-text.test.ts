import { describe, expect, it } from 'vitest';
import { jsonText, sharedJsonText } from './json-text.js';

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

describe('sharedJsonText', () => {
  it('is that of a list that many read, also with flags that no number holds', () => {
    const list = [
      { Key: 'a', Flags: 7 },
      { Key: 'b', Flags: 2n ** 64n - 1n },
    ];
    expect(sharedJsonText(list)).toBe('[{"Key":"a","Flags":7},{"Key":"b","Flags":18446744073709551615}]');
    expect(sharedJsonText(list)).toBe(sharedJsonText(list));
  });
});
