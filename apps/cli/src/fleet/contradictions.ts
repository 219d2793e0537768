import type { Constraint } from '@raftainer/pod-spec';
import { normaliseArchitecture, parseBytes } from '@raftainer/constraints';

/** Pairs of constraints of which no value of their attribute meets both, in sentences. Finds the plain cases, claims no false ones. */
export function contradictions(constraints: readonly Constraint[]): readonly string[] {
  return constraints.flatMap((one, index) =>
    constraints
      .slice(index + 1)
      .filter((other) => other.attribute === one.attribute && (excludes(one, other) || excludes(other, one)))
      .map((other) => `${textOf(one)} and ${textOf(other)} contradict each other`),
  );
}

function textOf({ attribute, operator, value }: Constraint): string {
  return [attribute, operator, ...(value === undefined ? [] : [JSON.stringify(value)])].join(' ');
}

function excludes(one: Constraint, other: Constraint): boolean {
  const values = valuesOf(one);
  if (one.operator === 'not-exists') {
    return other.operator !== 'not-exists' && other.operator !== '!=' && other.operator !== 'not-in';
  }
  if (values === undefined) {
    return isLower(one.operator) && isUpper(other.operator) && leavesNothing(one, other);
  }
  return values.every((value) => !couldBe(value, other));
}

/** The only values that a constraint allows; undefined when it does not list them. */
function valuesOf({ operator, value }: Constraint): readonly unknown[] | undefined {
  if (operator === '=') return [value];
  return operator === 'in' && Array.isArray(value) ? (value as readonly unknown[]) : undefined;
}

function couldBe(value: unknown, { operator, value: operand }: Constraint): boolean {
  const operands = Array.isArray(operand) ? (operand as readonly unknown[]) : [operand];
  const isListed = operands.some((each) => isSame(each, value));
  if (operator === '=' || operator === 'in') return isListed;
  if (operator === '!=' || operator === 'not-in') return !isListed;
  const [number, limit] = [numberOf(value), numberOf(operand)];
  if (number === undefined || limit === undefined) return true;
  if (operator === '<') return number < limit;
  if (operator === '<=') return number <= limit;
  if (operator === '>') return number > limit;
  return operator !== '>=' || number >= limit;
}

/** Quantities and architectures have more than one spelling. */
function isSame(one: unknown, other: unknown): boolean {
  const [a, b] = [numberOf(one), numberOf(other)];
  if (a !== undefined && b !== undefined) return a === b;
  return normaliseArchitecture(String(one)) === normaliseArchitecture(String(other));
}

function leavesNothing(lower: Constraint, upper: Constraint): boolean {
  const [from, to] = [numberOf(lower.value), numberOf(upper.value)];
  if (from === undefined || to === undefined) return false;
  const isOpen = lower.operator === '>' || upper.operator === '<';
  return from > to || (from === to && isOpen);
}

function isLower(operator: Constraint['operator']): boolean {
  return operator === '>' || operator === '>=';
}

function isUpper(operator: Constraint['operator']): boolean {
  return operator === '<' || operator === '<=';
}

function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'string' ? parseBytes(value) : undefined;
}
