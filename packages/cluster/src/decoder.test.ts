import { describe, expect, it } from 'vitest';
import { array, boolean, decodeJson, number, object, oneOf, optional, record, string } from './decoder.js';

interface Sample {
  readonly name: string;
  readonly count?: number;
  readonly on: boolean;
  readonly kind: 'a' | 'b';
  readonly list: readonly string[];
  readonly map: Readonly<Record<string, number>>;
}

const sample = object<Sample>({
  name: string,
  count: optional(number),
  on: boolean,
  kind: oneOf('a', 'b'),
  list: array(string),
  map: record(number),
});
const good = { name: 'x', on: true, kind: 'a', list: ['y'], map: { z: 1 } };

describe('decodeJson', () => {
  it('takes what fits, without fields that it does not know', () => {
    expect(decodeJson(JSON.stringify({ ...good, newer: 1 }), sample)).toEqual({ ok: true, value: good });
    expect(decodeJson(JSON.stringify({ ...good, count: 2 }), sample)).toEqual({
      ok: true,
      value: { ...good, count: 2 },
    });
  });

  it.each([
    ['{', /^not valid JSON: /],
    ['', /^not valid JSON: /],
    ['null', /^expected an object$/],
    ['[]', /^expected an object$/],
    [JSON.stringify({ ...good, name: 1 }), /^name: expected a string$/],
    [JSON.stringify({ ...good, count: 'many' }), /^count: expected a number$/],
    [JSON.stringify({ ...good, on: 'yes' }), /^on: expected true or false$/],
    [JSON.stringify({ ...good, kind: 'c' }), /^kind: expected one of a, b$/],
    [JSON.stringify({ ...good, list: ['a', 2] }), /^list\[1\]: expected a string$/],
    [JSON.stringify({ ...good, list: {} }), /^list: expected a list$/],
    [JSON.stringify({ ...good, map: { z: null } }), /^map\.z: expected a number$/],
  ])('names what is wrong with %s', (text, problem) => {
    expect(decodeJson(text, sample)).toEqual({
      ok: false,
      problem: expect.stringMatching(problem) as string,
    });
  });
});
