import { describe, expect, it } from 'vitest';
import { goFields, parseJsonBody } from './go-fields.js';

describe('goFields', () => {
  it('reads names without regard to case and underscores, and null as absent', () => {
    const fields = goFields({ name: 'web', enable_tag_override: true, TAGS: null }, []);
    expect(fields.text('Name')).toBe('web');
    expect(fields.flag('EnableTagOverride')).toBe(true);
    expect(fields.texts('Tags')).toBeUndefined();
    expect(fields.has('Tags')).toBe(false);
  });

  it.each([
    ['text', { A: 1 }, 'json: cannot unmarshal number into Go struct field .A of type string'],
    ['integer', { A: '9' }, 'json: cannot unmarshal string into Go struct field .A of type int'],
    ['flag', { A: [] }, 'json: cannot unmarshal array into Go struct field .A of type bool'],
    ['texts', { A: [1] }, 'json: cannot unmarshal array into Go struct field .A of type []string'],
    [
      'textMap',
      { A: { b: 1 } },
      'json: cannot unmarshal object into Go struct field .A of type map[string]string',
    ],
    ['object', { A: true }, 'json: cannot unmarshal bool into Go struct field .A of type struct'],
    ['durationNs', { A: 'soon' }, 'time: invalid duration "soon"'],
  ] as const)('refuses a wrong %s in Go’s words', (method, value, problem) => {
    expect(() => goFields(value, ['A'])[method]('A')).toThrow(`Request decode failed: ${problem}`);
  });

  it('refuses unknown names only when it is strict', () => {
    expect(() => goFields({ Bogus: 1 }, ['A'], { strict: true })).toThrow('json: unknown field "Bogus"');
    expect(goFields({ Bogus: 1 }, ['A']).has('A')).toBe(false);
  });

  it('refuses a body that is no object, empty, or no JSON', () => {
    expect(() => goFields([], [])).toThrow('cannot unmarshal array');
    expect(() => parseJsonBody(Buffer.alloc(0))).toThrow('Request decode failed: EOF');
    expect(() => parseJsonBody(Buffer.from('{'))).toThrow('Request decode failed: ');
  });
});
