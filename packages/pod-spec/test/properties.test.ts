import { canonicalForm, formatProblems, parsePod, parsePodText, revisionOf } from '@raftainer/pod-spec';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';

import type { Pod } from '@raftainer/pod-spec';

const RUNS = { numRuns: 100, seed: 20_261_124 };

const label = (longest: number): fc.Arbitrary<string> =>
  fc.stringMatching(/^[a-z][a-z0-9]{0,7}$/).map((text) => text.slice(0, longest));
const duration = fc.oneof(
  fc.integer({ min: 1000, max: 50_000 }).map((ms) => `${ms}ms`),
  fc.integer({ min: 1, max: 59 }).map((seconds) => `${seconds}s`),
);
const size = fc.oneof(
  fc.integer({ min: 8, max: 4096 }).map((mebibytes) => `${mebibytes}Mi`),
  fc.integer({ min: 10_000_000, max: 10_000_000_000 }),
);
const optional = <Fields extends object>(fields: {
  [Name in keyof Fields]: fc.Arbitrary<Fields[Name]>;
}): fc.Arbitrary<Partial<Fields>> => fc.record(fields, { requiredKeys: [] }) as fc.Arbitrary<Partial<Fields>>;

const healthCheck = fc.oneof(
  fc.record({ type: fc.constant('http'), port: fc.integer({ min: 1, max: 65_535 }), interval: duration }),
  fc.record({
    type: fc.constant('exec'),
    command: fc
      .array(fc.string(), { minLength: 1, maxLength: 3 })
      .map((words) => words.map((word) => word.replaceAll('\0', ''))),
  }),
  fc.constant({ type: 'docker' }),
);

const container = fc
  .record({
    name: label(40),
    image: fc.stringMatching(/^[a-z]{1,8}(:[a-z0-9]{1,4})?$/),
    rest: optional({
      role: fc.constantFrom('main', 'sidecar'),
      environment: fc.dictionary(
        fc.stringMatching(/^[A-Z]{1,5}$/),
        fc.oneof(
          fc.string().map((text) => text.replaceAll('\0', '')),
          fc.constant({ slot: 'id' }),
        ),
      ),
      ports: fc
        .uniqueArray(fc.integer({ min: 1, max: 65_535 }), { maxLength: 3 })
        .map((ports) => ports.map((containerPort) => ({ containerPort }))),
      resources: optional({ cpu: fc.integer({ min: 1, max: 64 }), memory: size }),
      healthCheck,
      capDrop: fc.constantFrom([], ['ALL'], ['cap_chown', 'NET_RAW']),
      readOnly: fc.boolean(),
    }),
  })
  .map(({ rest, ...required }) => ({ ...required, ...rest }));

/** Definitions that are right. */
const definition = fc
  .record({
    name: label(40),
    containers: fc.uniqueArray(container, { minLength: 1, maxLength: 4, selector: ({ name }) => name }),
    rest: optional({
      instances: fc.integer({ min: 0, max: 1000 }),
      stopGracePeriod: duration,
      labels: fc.dictionary(
        fc.stringMatching(/^[a-z]{1,5}$/),
        fc.string().map((text) => text.replaceAll('\0', '')),
      ),
      exclusive: fc.boolean(),
    }),
  })
  .map(({ rest, ...required }) => ({ ...required, ...rest }));

function parsed(input: unknown): Pod {
  const result = parsePod(input);
  if (!result.ok) throw new Error(formatProblems(result.problems));
  return result.pod;
}

/** The same data with the keys of every object in another order. */
function reordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reordered);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, item]) => [key, reordered(item)] as const)
      .reverse(),
  );
}

/** A definition in which one value, anywhere, is something else. */
const damaged = fc
  .tuple(
    definition,
    fc.nat(),
    fc.anything({ withNullPrototype: true, withBigInt: true, withDate: true, withMap: true }),
  )
  .map(([input, at, damage]) => {
    const places: (() => void)[] = [];
    const copy = structuredClone(input) as unknown;
    collectPlaces(copy, damage, places);
    places[at % places.length]?.();
    return copy;
  });

function collectPlaces(value: unknown, damage: unknown, places: (() => void)[]): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, item] of Object.entries(value)) {
    places.push(() => {
      Object.defineProperty(value, key, { value: damage, enumerable: true });
    });
    collectPlaces(item, damage, places);
  }
}

describe('any definition that is right', { timeout: 60_000 }, () => {
  it('parses, whether it comes as data, JSON or YAML, to one and the same pod', () => {
    fc.assert(
      fc.property(definition, (input) => {
        const pod = parsed(input);
        for (const text of [JSON.stringify(input), JSON.stringify(input, null, 2), stringify(input)]) {
          const [document, ...others] = parsePodText(text);
          expect(others).toEqual([]);
          expect(document?.input).toEqual(input);
          expect(document?.result).toEqual({ ok: true, pod });
        }
      }),
      RUNS,
    );
  });

  it('has a canonical form that is the parsed pod in JSON, whatever the order of keys', () => {
    fc.assert(
      fc.property(definition, (input) => {
        const pod = parsed(input);
        expect(JSON.parse(canonicalForm(pod))).toEqual(pod);
        expect(canonicalForm(parsed(reordered(input)))).toBe(canonicalForm(pod));
        expect(revisionOf(parsed(reordered(input)))).toBe(revisionOf(pod));
      }),
      RUNS,
    );
  });

  it('has another revision when it means something else', () => {
    fc.assert(
      fc.property(definition, definition, (one, other) => {
        const [a, b] = [parsed(one), parsed(other)];
        const same = canonicalForm({ ...a, instances: 1 }) === canonicalForm({ ...b, instances: 1 });
        expect(revisionOf(a) === revisionOf(b)).toBe(same);
      }),
      RUNS,
    );
  });

  it('is left as it was', () => {
    fc.assert(
      fc.property(definition, (input) => {
        const before = structuredClone(input);
        parsePod(input);
        expect(input).toEqual(before);
      }),
      RUNS,
    );
  });
});

describe('anything else', { timeout: 60_000 }, () => {
  it('never makes parsePod throw, and always has a problem with a message', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.anything({ withSparseArray: true, withTypedArray: true, withMap: true, withSet: true }),
          damaged,
        ),
        (input) => {
          const result = parsePod(input);
          if (result.ok) return;
          expect(result.problems.length).toBeGreaterThan(0);
          for (const { message } of result.problems) expect(message).not.toBe('');
          expect(formatProblems(result.problems)).not.toMatch(/Invalid input|\[object Object\]|undefined/);
        },
      ),
      { ...RUNS, numRuns: 1000 },
    );
  });

  it('never makes parsePodText throw, and gives at least one document', () => {
    const yamlLike = fc
      .array(
        fc.constantFrom(
          'name: web',
          '- ',
          '\n',
          ' ',
          '[',
          ']',
          '{',
          '}',
          ':',
          '&a',
          '*a',
          '"',
          "'",
          '|',
          '---',
          '#',
          ',',
          '!!x',
          '\t',
          '<<: ',
          '__proto__',
        ),
        { maxLength: 40 },
      )
      .map((parts) => parts.join(''));
    const cut = fc.tuple(definition, fc.nat()).map(([input, at]) => {
      const text = stringify(input);
      return text.slice(0, at % text.length);
    });
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), yamlLike, cut),
        fc.constantFrom(undefined, 'json', 'yaml'),
        (text, format) => {
          expect(parsePodText(text, { format }).length).toBeGreaterThan(0);
        },
      ),
      { ...RUNS, numRuns: 500 },
    );
  });

  it('is read as JSON exactly when JSON.parse reads it', () => {
    const jsonLike = fc
      .array(
        fc.constantFrom(
          '{',
          '}',
          '[',
          ']',
          ',',
          ':',
          '"a"',
          '"b"',
          '1',
          '-0.5e3',
          '01',
          'true',
          'nul',
          ' ',
          '"\\u00e9"',
          '"\\x"',
        ),
        { maxLength: 8 },
      )
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.oneof(jsonLike, fc.json()), (text) => {
        const [document] = parsePodText(text, { format: 'json' });
        const messages =
          document?.result.ok === false ? document.result.problems.map(({ message }) => message) : [];
        const refused = messages.some((message) =>
          /^line \d+, column \d+: (?!the field)|^is empty/.test(message),
        );
        expect(refused).toBe(!isJson(text));
      }),
      { ...RUNS, numRuns: 2000 },
    );
  });
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
