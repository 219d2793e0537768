import { formatBytes } from '../bytes.js';
import type { Allocated, Capacity, Host, ResourceRequest } from '../requirements.js';
import type { RuleFailure } from '../verdict.js';
import { NO_FAILURES } from './rule.js';
import type { Rule } from './rule.js';

type Amount = 'cpu' | 'memoryBytes' | 'diskBytes' | 'pids';

interface AmountRuleOptions {
  readonly name: string;
  readonly amount: Amount;
  /** What the host has when its `capacity` does not say; undefined for without limit. */
  readonly total: (host: Host) => number | undefined;
  /** What is left in fact, if that can be less than what the books say. */
  readonly left?: (host: Host) => number | undefined;
  readonly format: (amount: number) => string;
}

/** Billionths: the precision of Docker's CPU limits, and enough to make 0.1 + 0.2 equal 0.3. */
const PRECISION = 1e9;

/** Cores not set aside. */
export const cpu = amountRule({
  name: 'cpu',
  amount: 'cpu',
  total: ({ facts }) => facts.cpu.cores,
  format: (cores) => `${rounded(cores)} cores`,
});

/** Memory not set aside. */
export const memory = amountRule({
  name: 'memory',
  amount: 'memoryBytes',
  total: ({ facts }) => facts.memory.totalBytes,
  format: formatBytes,
});

/** Processes not set aside, where the host says how many it has. */
export const pids = amountRule({
  name: 'pids',
  amount: 'pids',
  total: () => undefined,
  format: (count) => `${count} processes`,
});

/** Disk not set aside, and free in fact. */
export const disk = amountRule({
  name: 'disk',
  amount: 'diskBytes',
  total: ({ facts }) => facts.disk.totalBytes,
  left: ({ facts }) => facts.disk.freeBytes,
  format: formatBytes,
});

function amountRule(options: AmountRuleOptions): Rule {
  return {
    name: options.name,
    check: ({ requirements, host }) => {
      const requested = amountIn(requirements.resources, options.amount);
      if (requested === undefined) return NO_FAILURES;
      if (!(requested >= 0)) return [notAnAmount(options, requested)];
      const total = amountIn(host.capacity, options.amount) ?? options.total(host) ?? Infinity;
      const reserved = amountIn(host.allocated, options.amount) ?? 0;
      const left = options.left?.(host) ?? Infinity;
      const available = Math.min(total - reserved, left);
      // So written, a NaN on either side is a failure.
      if (rounded(requested) <= rounded(available)) return NO_FAILURES;
      return [tooMuch(options, { requested, total, reserved, available })];
    },
  };
}

function amountIn(
  amounts: ResourceRequest | Allocated | Capacity | undefined,
  amount: Amount,
): number | undefined {
  return amounts?.[amount];
}

function rounded(amount: number): number {
  return Math.round(amount * PRECISION) / PRECISION;
}

function notAnAmount(options: AmountRuleOptions, requested: number): RuleFailure {
  const message = `${options.name}: ${requested} requested, which is not an amount; it must be 0 or more`;
  return { ...base(options), required: requested, actual: null, message };
}

interface Shortage {
  readonly requested: number;
  readonly total: number;
  readonly reserved: number;
  readonly available: number;
}

function tooMuch(options: AmountRuleOptions, shortage: Shortage): RuleFailure {
  const { format } = options;
  const books = `${format(shortage.total)} in all, ${format(shortage.reserved)} reserved`;
  const message = `${options.name}: ${format(shortage.requested)} requested, ${format(shortage.available)} available (${books})`;
  return { ...base(options), required: shortage.requested, actual: shortage.available, message };
}

function base({ name, amount }: AmountRuleOptions): Pick<RuleFailure, 'rule' | 'attribute' | 'operator'> {
  return { rule: name, attribute: `available.${amount}`, operator: '>=' };
}
