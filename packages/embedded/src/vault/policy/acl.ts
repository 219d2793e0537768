import type { Capability, PolicyRule } from './parse-policy.js';

/** What several policies together allow. */
export interface Acl {
  /** Empty where nothing is said; `deny` alone where it is denied. */
  capabilities(path: string): ReadonlySet<Capability>;
  /** True when something at `prefix` or under it may be reached. */
  reaches(prefix: string): boolean;
}

interface Pattern {
  readonly text: string;
  readonly test: RegExp;
  readonly capabilities: ReadonlySet<Capability>;
}

const DENIED: ReadonlySet<Capability> = new Set<Capability>(['deny']);
const NOTHING: ReadonlySet<Capability> = new Set<Capability>();

/** Joins rules: the same pattern in several policies grants the sum, and a single `deny` takes it all. */
export function createAcl(rules: readonly PolicyRule[]): Acl {
  const joined = new Map<string, Set<Capability>>();
  for (const { pattern, capabilities } of rules) {
    const all = joined.get(pattern) ?? new Set<Capability>();
    for (const capability of capabilities) all.add(capability);
    joined.set(pattern, all);
  }
  const exact = new Map<string, ReadonlySet<Capability>>();
  const wild: Pattern[] = [];
  for (const [text, all] of joined) {
    const capabilities = all.has('deny') ? DENIED : all;
    if (isWild(text)) wild.push({ text, test: expression(text), capabilities });
    else exact.set(text, capabilities);
  }
  wild.sort((a, b) => comparePriority(b.text, a.text));
  return {
    capabilities: (path) =>
      exact.get(path) ?? wild.find((pattern) => pattern.test.test(path))?.capabilities ?? NOTHING,
    reaches: (prefix) =>
      [...exact].some(([path, granted]) => path.startsWith(prefix) && allows(granted)) ||
      wild.some((pattern) => touches(pattern.text, prefix) && allows(pattern.capabilities)),
  };
}

function allows(capabilities: ReadonlySet<Capability>): boolean {
  return capabilities.size > 0 && !capabilities.has('deny');
}

function isWild(pattern: string): boolean {
  return pattern.endsWith('*') || pattern.split('/').includes('+');
}

/** A final `*` takes anything, a segment `+` any one segment; a star elsewhere is a star. */
function expression(pattern: string): RegExp {
  const glob = pattern.endsWith('*');
  const segments = (glob ? pattern.slice(0, -1) : pattern)
    .split('/')
    .map((segment) =>
      segment === '+' ? '[^/]+' : segment.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`),
    );
  return new RegExp(`^${segments.join('/')}${glob ? '' : '$'}`, 's');
}

/**
 * Positive when `a` decides before `b`. Of the patterns that fit a path only the first decides: the one whose first
 * wildcard comes later, then the one without a final star, with fewer `+`, the longer, the greater.
 * (https://developer.hashicorp.com/vault/docs/concepts/policies#priority-matching)
 */
export function comparePriority(a: string, b: string): number {
  const [first, second] = [traits(a), traits(b)];
  const at = first.findIndex((trait, index) => trait !== second[index]);
  if (at >= 0) return (first[at] ?? 0) - (second[at] ?? 0);
  return a > b ? 1 : a < b ? -1 : 0;
}

function traits(pattern: string): readonly number[] {
  const wildAt = pattern.search(/(?<=^|\/)\+(?=\/|$)|\*$/);
  const pluses = pattern.split('/').filter((segment) => segment === '+').length;
  return [wildAt, pattern.endsWith('*') ? 0 : 1, -pluses, pattern.length];
}

/** Whether a pattern with wildcards can fit something under `prefix`. */
function touches(pattern: string, prefix: string): boolean {
  const fixed = pattern.slice(0, traits(pattern)[0]);
  return fixed.startsWith(prefix) || prefix.startsWith(fixed);
}
