import { describe, expect, it } from 'vitest';
import { checkSize, encode, MAX_VALUE_BYTES } from './encode.js';

describe('encode', () => {
  it('writes data as JSON and text as it is', () => {
    expect(encode('it', { a: 1 })).toBe('{"a":1}');
    expect(encode('it', { a: 1 }, 2)).toBe('{\n  "a": 1\n}');
    expect(encode('it', ' {"a":  1}')).toBe(' {"a":  1}');
  });

  it('takes a value of exactly the limit and refuses one byte more, with both sizes', () => {
    expect(checkSize('it', 'x'.repeat(MAX_VALUE_BYTES))).toHaveLength(524_288);
    expect(() => checkSize('the record', 'x'.repeat(MAX_VALUE_BYTES + 1))).toThrow(
      expect.objectContaining({
        code: 'CLUSTER_VALUE_TOO_LARGE',
        message: expect.stringMatching(/^the record is 524289 bytes.* 524288 /) as string,
      }),
    );
  });

  it('counts bytes, not characters', () => {
    expect(() => checkSize('it', 'ä'.repeat(300_000))).toThrow(/600000 bytes/);
  });
});
