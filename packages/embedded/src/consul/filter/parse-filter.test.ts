import { describe, expect, it } from 'vitest';
import { filterRecords } from './filter-records.js';

const RECORDS = [
  { ID: 'f1', Service: 'f', Tags: ['a', 'b'], Meta: { owner: 'me' }, Port: 80, Enabled: false },
  { ID: 'f2', Service: 'f', Tags: [], Meta: {}, Port: 81, Enabled: true },
  { ID: 'w1', Service: 'web', Tags: ['a'], Meta: { owner: 'you' }, Port: 80, Enabled: true },
];

describe('filterRecords', () => {
  it.each([
    ['', ['f1', 'f2', 'w1']],
    ['Service == "f"', ['f1', 'f2']],
    ['Service == `f`', ['f1', 'f2']],
    ['Service != f', ['w1']],
    ['Port == 80', ['f1', 'w1']],
    ['Enabled == true', ['f2', 'w1']],
    ['"a" in Tags', ['f1', 'w1']],
    ['"a" not in Tags', ['f2']],
    ['Tags contains b', ['f1']],
    ['Tags not contains b', ['f2', 'w1']],
    ['Tags is empty', ['f2']],
    ['Tags is not empty', ['f1', 'w1']],
    ['Meta.owner == me', ['f1']],
    ['Meta["owner"] == "you"', ['w1']],
    ['Meta.owner != me', ['f2', 'w1']],
    ['owner in Meta', ['f1', 'w1']],
    ['Service matches "^we"', ['w1']],
    ['Service not matches "^we"', ['f1', 'f2']],
    ['not (Service == f)', ['w1']],
    ['ID == w1 or ID == f1 and Port == 81', ['w1']],
    ['(ID == w1 or ID == f2) and Port == 81', ['f2']],
  ])('%j', (expression, ids) => {
    expect(filterRecords(RECORDS, expression).map((record) => record.ID)).toEqual(ids);
  });

  it.each([
    ['Bogus == 1', 'Selector "Bogus" is not valid'],
    ['Service is empty', 'Invalid match operator "Is Empty" for selector "Service"'],
    ['Port == abc', 'Failed to coerce value "abc" for selector "Port"'],
    ['Service ==', 'no match found'],
    ['Service', 'no match found'],
    ['(Service == f', 'Unmatched parentheses'],
    ['Service == f f', 'unexpected "f"'],
    ['Service = f', 'no match found'],
    ['Service matches "("', 'Failed to compile'],
  ])('refuses %j', (expression, problem) => {
    expect(() => filterRecords(RECORDS, expression)).toThrow(problem);
  });
});
