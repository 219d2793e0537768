import { describe, expect, it } from 'vitest';
import { GIB, largeGpu, muteGpu, server, smallGpu } from '../test/hosts.js';
import { evaluate, isEligible } from './evaluate.js';
import type { Allocated, Capacity, Constraint, ResourceRequest } from './requirements.js';
import type { RuleFailure } from './verdict.js';

function failuresOf(
  constraint: Omit<Constraint, 'operator'> & { readonly operator: string },
): readonly RuleFailure[] {
  return evaluate({ constraints: [constraint as Constraint] }, { facts: server }).failures;
}

const holds: [string, string, Constraint['value']?][] = [
  ['cpu.cores', '=', 8],
  ['cpu.cores', '=', '8'],
  ['cpu.cores', '!=', 4],
  ['cpu.cores', '>=', 8],
  ['cpu.cores', '<', 8.5],
  ['cpu.cores', 'in', [4, '8']],
  ['memory.totalBytes', '>=', '32Gi'],
  ['memory.totalBytes', '=', 32 * GIB],
  ['memory.totalBytes', '>', '34GB'],
  ['memory.totalBytes', '<', '1T'],
  ['memory.totalBytes', 'not-in', ['16Gi', '64Gi']],
  ['disk.freeBytes', '>', '99Gi'],
  ['cpu.architecture', '=', 'amd64'],
  ['cpu.architecture', '=', 'x86_64'],
  ['cpu.architecture', 'in', ['aarch64', 'x86_64']],
  ['cpu.architecture', '!=', 'arm64'],
  ['labels.zone', '=', 'eu-1'],
  ['labels.zone', 'in', ['eu-1', 'eu-2']],
  ['labels.zone', 'exists'],
  ['labels.zone', 'regexp', '^eu-\\d$'],
  ['labels.rack', '=', 12],
  ['labels.rack', '>', 9],
  ['labels.ssd', '=', true],
  ['labels.cache', '>=', '32Gi'],
  ['kernel.version', 'semver', '>=6.18.44 <7'],
  ['kernel.version', 'semver', '^6'],
  ['os.version', 'semver', '>=22.04'],
  ['os.version', 'semver', '<22.10'],
  ['labels.app', 'semver', '>=1.4.0'],
  ['os.platform', '=', 'linux'],
  ['gpus.count', '=', 0],
  ['gpus.maxVramBytes', '<', '1Mi'],
  // Absent values differ from all others and are in no list.
  ['region', 'not-exists'],
  ['region', '!=', 'eu'],
  ['region', 'not-in', ['eu']],
  ['labels.other', 'not-exists'],
  ['labels.other', '!=', 'x'],
  ['gpus.models', 'not-exists'],
];

const fails: [string, string, Constraint['value'] | undefined, string][] = [
  ['cpu.cores', '=', 4, 'cpu.cores is 8; required: cpu.cores = 4'],
  ['cpu.cores', '>', 8, 'cpu.cores is 8; required: cpu.cores > 8'],
  ['memory.totalBytes', '>=', '64Gi', 'memory.totalBytes is 32 GiB; required: memory.totalBytes >= "64Gi"'],
  ['labels.zone', '!=', 'eu-1', 'labels.zone is "eu-1"; required: labels.zone != "eu-1"'],
  ['labels.zone', 'not-in', ['eu-1'], 'labels.zone is "eu-1"; required: labels.zone not-in ["eu-1"]'],
  ['labels.zone', 'in', [], 'labels.zone is "eu-1"; required: labels.zone in []'],
  ['labels.zone', 'not-exists', undefined, 'labels.zone is "eu-1"; required: labels.zone not-exists'],
  ['labels.zone', 'regexp', '^us', 'labels.zone is "eu-1"; required: labels.zone regexp "^us"'],
  [
    'kernel.version',
    'semver',
    '>=7',
    'kernel.version is "6.18.44-fc-v782"; required: kernel.version semver ">=7"',
  ],
  // Absent values.
  ['region', '=', 'eu', 'region is not set on this host; required: region = "eu"'],
  ['region', 'in', ['eu'], 'region is not set on this host'],
  ['region', 'exists', undefined, 'region is not set on this host; required: region exists'],
  ['region', '<', 3, 'region is not set on this host'],
  ['region', 'regexp', '.', 'region is not set on this host'],
  ['region', 'semver', '*', 'region is not set on this host'],
  ['labels.zon', 'exists', undefined, 'labels.zon is not set on this host (it has "labels.zone"); required'],
  // Values of the wrong kind are mistakes, never "different".
  ['cpu.cores', '=', 'many', 'cpu.cores = "many": the attribute is a number, "many" is not'],
  ['cpu.cores', '!=', 'many', 'the attribute is a number, "many" is not'],
  ['cpu.cores', '!=', true, 'the attribute is a number, true is not'],
  ['cpu.cores', '=', '8Gi', 'the attribute is a number, "8Gi" is not'],
  ['cpu.cores', 'not-in', [4, 'x'], 'the attribute is a number, "x" is not'],
  ['memory.totalBytes', '>=', '8 gigs', 'the attribute is a number of bytes, "8 gigs" is not'],
  ['cpu.cores', '>=', undefined, 'cpu.cores >=: the attribute is a number, no value is given'],
  ['region', '!=', undefined, 'no value is given'],
  ['cpu.cores', '=', [8], 'the attribute is a number, [8] is not'],
  ['cpu.cores', 'in', 8, 'takes a list'],
  ['labels.zone', 'exists', 'eu-1', 'takes no value'],
  [
    'labels.zone',
    '<',
    5,
    'labels.zone < 5: "eu-1" is not a number; versions compare with the operator semver',
  ],
  ['labels.rack', '<', 'x', '"x" is not a number'],
  ['kernel.version', '>=', '5.15', 'versions compare with the operator semver'],
  ['cpu.cores', 'semver', '>=4', 'the attribute is a number; compare it with <, <=, > or >='],
  ['kernel.version', 'semver', 'newest', 'not a version range'],
  ['kernel.version', 'semver', 5, 'not a version range'],
  ['kernel.version', 'semver', '', 'not a version range'],
  ['labels.zone', 'semver', '>=9', 'required'],
  ['labels.ssd', 'semver', '>=1', '"true" has no version number in it'],
  ['labels.zone', 'regexp', '(', 'Unterminated group'],
  ['labels.zone', 'regexp', '(a+)+', 'repeated group'],
  ['labels.zone', 'regexp', 5, 'a pattern as text'],
  // Names that do not exist.
  ['cpu.core', '=', 8, 'there is no attribute "cpu.core"; did you mean "cpu.cores"?'],
  ['cpu.core', 'not-exists', undefined, 'there is no attribute "cpu.core"'],
  ['zone', '!=', 'x', 'there is no attribute "zone"; labels are written labels.NAME'],
  ['labels.', 'exists', undefined, 'there is no attribute "labels."'],
  ['constructor', 'exists', undefined, 'there is no attribute "constructor"'],
  ['cpu.cores', '==', 8, 'cpu.cores: there is no operator "=="; did you mean "="?'],
  ['cpu.cores', 'matches', 8, 'there is no operator "matches"; use one of = !='],
];

describe('constraints', () => {
  it.each(holds)('%s %s %j holds', (attribute, operator, value) => {
    expect(failuresOf({ attribute, operator, value })).toEqual([]);
  });

  it.each(fails)('%s %s %j fails: %4$s', (...[attribute, operator, value, message]) => {
    const failures = failuresOf({ attribute, operator, value });
    expect(failures).toHaveLength(1);
    expect(failures[0]).toMatchObject({ attribute, operator, required: value ?? null });
    expect(failures[0]?.message).toContain(message);
  });

  it('refuse to match a text that is too long', () => {
    const facts = { ...server, labels: { long: 'a'.repeat(129) } };
    const verdict = evaluate(
      { constraints: [{ attribute: 'labels.long', operator: 'regexp', value: 'a' }] },
      { facts },
    );
    expect(verdict.failures[0]?.message).toContain('longer than 128 characters');
  });

  it('give the actual value along, null when there is none', () => {
    expect(failuresOf({ attribute: 'cpu.cores', operator: '<', value: 2 })).toEqual([
      {
        rule: 'ordering',
        attribute: 'cpu.cores',
        operator: '<',
        required: 2,
        actual: 8,
        message: 'cpu.cores is 8; required: cpu.cores < 2',
      },
    ]);
    expect(failuresOf({ attribute: 'region', operator: '=', value: 'eu' })[0]).toMatchObject({
      rule: 'equality',
      actual: null,
    });
  });
});

describe('resources', () => {
  const judge = (
    resources: ResourceRequest,
    host: { allocated?: Allocated; capacity?: Capacity } = {},
    gpus = [smallGpu, largeGpu, muteGpu],
  ): readonly string[] =>
    evaluate({ constraints: [], resources }, { facts: { ...server, gpus }, ...host }).failures.map(
      ({ message }) => message,
    );

  it('fit up to the last bit', () => {
    expect(
      judge({ cpu: 8, memoryBytes: 32 * GIB, diskBytes: 100 * GIB, pids: 1e6, gpus: { count: 3 } }),
    ).toEqual([]);
    expect(judge({ cpu: 0, memoryBytes: 0 }, { allocated: { cpu: 8, memoryBytes: 32 * GIB } })).toEqual([]);
    expect(judge({ cpu: undefined, memoryBytes: undefined, pids: undefined })).toEqual([]);
  });

  it('count what others have set aside', () => {
    expect(
      judge({ cpu: 2, memoryBytes: 8 * GIB }, { allocated: { cpu: 6.5, memoryBytes: 28 * GIB } }),
    ).toEqual([
      'cpu: 2 cores requested, 1.5 cores available (8 cores in all, 6.5 cores reserved)',
      'memory: 8 GiB requested, 4 GiB available (32 GiB in all, 28 GiB reserved)',
    ]);
  });

  it('add up decimal parts of cores without rounding errors', () => {
    const allocated = { cpu: 0.1 + 0.2 };
    expect(judge({ cpu: 0.7 }, { allocated, capacity: { cpu: 1 } })).toEqual([]);
    expect(judge({ cpu: 0.7000001 }, { allocated, capacity: { cpu: 1 } })).toHaveLength(1);
  });

  it('of disk are bounded by what is free as well as by the books', () => {
    expect(judge({ diskBytes: 101 * GIB })[0]).toContain(
      'disk: 101 GiB requested, 100 GiB available (500 GiB in all, 0 B reserved)',
    );
    expect(judge({ diskBytes: 100 * GIB }, { allocated: { diskBytes: 450 * GIB } })[0]).toContain(
      '50 GiB available',
    );
  });

  it('stay within a capacity that is smaller than the host', () => {
    expect(
      judge({ cpu: 7, pids: 200 }, { capacity: { cpu: 6, pids: 300 }, allocated: { pids: 200 } }),
    ).toEqual([
      'cpu: 7 cores requested, 6 cores available (6 cores in all, 0 cores reserved)',
      'pids: 200 processes requested, 100 processes available (300 processes in all, 200 processes reserved)',
    ]);
  });

  it.each([-1, NaN])('that are %d are refused', (amount) => {
    expect(judge({ cpu: amount, memoryBytes: amount })).toEqual([
      `cpu: ${amount} requested, which is not an amount; it must be 0 or more`,
      `memory: ${amount} requested, which is not an amount; it must be 0 or more`,
    ]);
  });

  it('are refused when the books are broken', () => {
    expect(judge({ cpu: 1 }, { allocated: { cpu: NaN } })).toHaveLength(1);
  });

  it('of GPUs say what stands in the way of each device', () => {
    const allocated = { gpus: [largeGpu.id] };
    expect(judge({ gpus: { count: 2, minVramBytes: 24 * GIB } }, { allocated })).toEqual([
      'gpus: 2 with at least 24 GiB of VRAM each requested, 0 available (3 in all, 1 taken, 2 with too little VRAM, or none known)',
    ]);
    expect(judge({ gpus: { count: 1, model: 'h100' } })).toEqual([
      'gpus: 1 of model "h100" requested, 0 available (3 in all, 3 of another model)',
    ]);
    expect(judge({ gpus: { count: 1 } }, {}, [])).toEqual(['gpus: 1 requested, 0 available (0 in all)']);
    expect(judge({ gpus: { count: 1.5 } })).toEqual([
      'gpus: 1.5 requested, which is not a whole number from 0 up',
    ]);
  });

  it('of GPUs give the request and the number that fits', () => {
    const resources = { gpus: { count: 2, model: 'T4' } };
    const { failures } = evaluate({ constraints: [], resources }, { facts: { ...server, gpus: [smallGpu] } });
    expect(failures[0]).toMatchObject({ rule: 'gpus', required: { count: 2, model: 'T4' }, actual: 1 });
  });
});

describe('a verdict', () => {
  it('lists all failed rules in the order of the table, and the bare answer agrees', () => {
    const requirements = {
      constraints: [
        { attribute: 'labels.zone', operator: 'regexp', value: '^us' },
        { attribute: 'cpu.cores', operator: '>', value: 64 },
        { attribute: 'cpu.cores', operator: '=', value: 8 },
        { attribute: 'region', operator: 'exists' },
        { attribute: 'os.platform', operator: '=', value: 'win32' },
      ] satisfies Constraint[],
      resources: { cpu: 100, memoryBytes: 1, gpus: { count: 1 } },
    };
    const verdict = evaluate(requirements, { facts: server });
    expect(verdict.eligible).toBe(false);
    expect(verdict.failures.map(({ rule }) => rule)).toEqual([
      'cpu',
      'existence',
      'equality',
      'ordering',
      'gpus',
      'pattern',
    ]);
    expect(isEligible(requirements, { facts: server })).toBe(false);
  });

  it('is eligible when nothing fails', () => {
    expect(evaluate({ constraints: [] }, { facts: server })).toEqual({ eligible: true, failures: [] });
    expect(isEligible({ constraints: [] }, { facts: server })).toBe(true);
  });
});
