import fc from 'fast-check';
import { expect, it } from 'vitest';
import { GIB, largeGpu, server, smallGpu } from '../test/hosts.js';
import { ATTRIBUTES } from './attributes.js';
import { evaluate, isEligible } from './evaluate.js';
import type { HostFacts } from './host-facts.js';
import type { Constraint, ConstraintOperator, ConstraintValue } from './requirements.js';
import type { RuleFailure } from './verdict.js';

const operators: readonly ConstraintOperator[] = [
  '=',
  '!=',
  '<',
  '<=',
  '>',
  '>=',
  'in',
  'not-in',
  'exists',
  'not-exists',
  'regexp',
  'semver',
];
const attribute = fc.oneof(
  fc.constantFrom(...Object.keys(ATTRIBUTES), 'labels.zone', 'labels.rack', 'labels.absent'),
  fc.string(),
);
const scalar = fc.oneof(
  fc.string(),
  fc.integer(),
  fc.double(),
  fc.constantFrom('8', '8Gi', 'amd64', 'eu-1', '>=5', '^eu', '12'),
);
const value: fc.Arbitrary<ConstraintValue> = fc.oneof(
  scalar,
  fc.boolean(),
  fc.array(scalar, { maxLength: 3 }),
);
const constraint: fc.Arbitrary<Constraint> = fc.record(
  { attribute, operator: fc.constantFrom(...operators), value },
  { requiredKeys: ['attribute', 'operator'] },
);
const facts: fc.Arbitrary<HostFacts> = fc
  .record({
    cores: fc.integer({ min: 1, max: 64 }),
    memoryGib: fc.integer({ min: 1, max: 512 }),
    region: fc.option(fc.constantFrom('eu', 'us'), { nil: undefined }),
    labels: fc.dictionary(fc.constantFrom('zone', 'rack'), fc.constantFrom('eu-1', '12', '8Gi', ''), {
      maxKeys: 2,
    }),
    gpus: fc.subarray([smallGpu, largeGpu]),
  })
  .map(({ cores, memoryGib, region, labels, gpus }) => ({
    ...server,
    cpu: { ...server.cpu, cores },
    memory: { totalBytes: memoryGib * GIB },
    ...(region === undefined ? {} : { region }),
    labels,
    gpus,
  }));
const amount = fc.double({ min: 0, max: 1e12, noNaN: true });
const resources = fc.record(
  {
    cpu: fc.double({ min: 0, max: 100, noNaN: true }),
    memoryBytes: amount,
    diskBytes: amount,
    gpus: fc.record({ count: fc.nat(3) }),
  },
  { requiredKeys: [] },
);

it('never throws, repeats itself, and the bare answer agrees with the verdict', () => {
  fc.assert(
    fc.property(fc.array(constraint, { maxLength: 4 }), resources, facts, (constraints, requested, host) => {
      const requirements = { constraints, resources: requested };
      const verdict = evaluate(requirements, { facts: host });
      expect(evaluate(requirements, { facts: host })).toEqual(verdict);
      expect(isEligible(requirements, { facts: host })).toBe(verdict.eligible);
      expect(verdict.eligible).toBe(verdict.failures.length === 0);
      expect(verdict.failures.every(({ message }) => message !== '')).toBe(true);
    }),
    { numRuns: 1_000 },
  );
});

it('fails for each constraint that fails alone, and for no other', () => {
  fc.assert(
    fc.property(fc.array(constraint, { maxLength: 5 }), facts, (constraints, host) => {
      const alone = constraints.flatMap((one) => evaluate({ constraints: [one] }, { facts: host }).failures);
      const together = evaluate({ constraints }, { facts: host }).failures;
      const messages = (list: readonly RuleFailure[]): readonly string[] =>
        list.map(({ message }) => message).sort();
      expect(messages(together)).toEqual(messages(alone));
    }),
  );
});

it('negates: of =, != and of in, not-in and of exists, not-exists exactly one holds, unless the constraint is a mistake', () => {
  const pairs: readonly (readonly [ConstraintOperator, ConstraintOperator])[] = [
    ['=', '!='],
    ['in', 'not-in'],
    ['exists', 'not-exists'],
    ['<', '>='],
  ];
  const known = fc.constantFrom(
    'cpu.cores',
    'memory.totalBytes',
    'region',
    'labels.zone',
    'cpu.architecture',
  );
  fc.assert(
    fc.property(
      fc.constantFrom(...pairs),
      known,
      fc.option(value, { nil: undefined }),
      facts,
      (...[pair, name, operand, host]) => {
        const failed = pair.map(
          (operator) =>
            evaluate({ constraints: [{ attribute: name, operator, value: operand }] }, { facts: host })
              .failures,
        );
        const messages = failed.flat().map(({ message }) => message);
        const mistake = messages.some((message) => !message.includes('; required: '));
        const absent = messages.some((message) => message.includes('not set')) && pair[0] === '<';
        if (mistake || absent) expect(messages).toHaveLength(2);
        else expect(messages).toHaveLength(1);
      },
    ),
    { numRuns: 1_000 },
  );
});

it('is monotone: a host that has more is never refused for what a smaller one is given', () => {
  fc.assert(
    fc.property(resources, facts, fc.nat(64), (requested, host, more) => {
      const larger = {
        ...host,
        cpu: { ...host.cpu, cores: host.cpu.cores + more },
        memory: { totalBytes: host.memory.totalBytes + more * GIB },
      };
      const requirements = { constraints: [], resources: requested };
      if (isEligible(requirements, { facts: host }))
        expect(isEligible(requirements, { facts: larger })).toBe(true);
    }),
  );
});

it('never overcommits: what was admitted one after the other fits in together', () => {
  const request = fc.record({
    cpu: fc.integer({ min: 1, max: 40 }).map((tenths) => tenths / 10),
    memoryBytes: fc.nat(8 * GIB),
  });
  fc.assert(
    fc.property(fc.array(request, { maxLength: 40 }), facts, (requests, host) => {
      let allocated = { cpu: 0, memoryBytes: 0 };
      for (const next of requests) {
        if (!isEligible({ constraints: [], resources: next }, { facts: host, allocated })) continue;
        allocated = { cpu: allocated.cpu + next.cpu, memoryBytes: allocated.memoryBytes + next.memoryBytes };
      }
      expect(allocated.cpu).toBeLessThanOrEqual(host.cpu.cores + 1e-6);
      expect(allocated.memoryBytes).toBeLessThanOrEqual(host.memory.totalBytes);
    }),
  );
});
