import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { setNumberMember } from './json-edit.js';

describe('setNumberMember', () => {
  it('changes the number and nothing else', () => {
    const text =
      '{\n\t"name" : "web",\r\n  "instances":   2 , "x": {"instances": 9, "a": [1, {"instances": 8}]}\n}\n';
    expect(setNumberMember(text, 'instances', 5)).toBe(text.replace('2 ,', '5 ,'));
  });

  it('is not misled by strings that look like JSON', () => {
    const text = '{"a":"\\"instances\\": 1, {","instances":2.0e0,"b":"}"}';
    expect(setNumberMember(text, 'instances', 3)).toBe('{"a":"\\"instances\\": 1, {","instances":3,"b":"}"}');
  });

  it('changes the last of two, which is the one that counts', () => {
    expect(setNumberMember('{"n":1,"n":2}', 'n', 3)).toBe('{"n":1,"n":3}');
  });

  it('finds a member whose key is written with escapes', () => {
    expect(setNumberMember('{"\\u006e":1}', 'n', 3)).toBe('{"\\u006e":3}');
  });

  it('adds a missing member in the style of the text', () => {
    expect(setNumberMember('{\n  "name": "web"\n}', 'instances', 5)).toBe(
      '{\n  "instances": 5,\n  "name": "web"\n}',
    );
    expect(setNumberMember('{"name":"web"}', 'instances', 5)).toBe('{"instances": 5,"name":"web"}');
    expect(JSON.parse(setNumberMember(' { } ', 'instances', 5))).toEqual({ instances: 5 });
  });

  it('replaces a value of any kind', () => {
    expect(setNumberMember('{"n": {"a": [1]}, "m": 1}', 'n', 3)).toBe('{"n": 3, "m": 1}');
    expect(setNumberMember('{"n": "x, y"}', 'n', 3)).toBe('{"n": 3}');
  });

  it('means the same as an edit of the data, for any object and any spacing', () => {
    const data = fc.dictionary(fc.oneof(fc.string(), fc.constant('n')), fc.jsonValue());
    fc.assert(
      fc.property(data, fc.nat(), fc.constantFrom(undefined, 1, 2, '\t'), (object, value, indent) => {
        const text = JSON.stringify(object, undefined, indent);
        const expected: unknown = JSON.parse(JSON.stringify({ ...object, n: value }));
        expect(JSON.parse(setNumberMember(text, 'n', value))).toEqual(expected);
      }),
    );
  });
});
