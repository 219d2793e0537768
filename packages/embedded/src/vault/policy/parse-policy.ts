import { isObject } from '../wire/fields.js';
import { badRequest, type VaultFault } from '../wire/vault-fault.js';
import { parseHcl } from './parse-hcl.js';

/** What a policy may grant. `deny` takes everything away. */
export type Capability = 'create' | 'read' | 'update' | 'delete' | 'list' | 'sudo' | 'deny';

/** What a policy says about one path pattern. */
export interface PolicyRule {
  readonly pattern: string;
  readonly capabilities: readonly Capability[];
}

const CAPABILITIES: readonly string[] = ['create', 'read', 'update', 'delete', 'list', 'sudo', 'deny'];

/** The older words: `policy = "write"`. */
const OLD_WORDS: Readonly<Record<string, readonly Capability[]>> = {
  deny: ['deny'],
  read: ['read', 'list'],
  write: ['create', 'read', 'update', 'delete', 'list'],
  sudo: ['create', 'read', 'update', 'delete', 'list', 'sudo'],
};

/** Reads a policy, HCL or JSON. Throws a 400 with what is wrong: a policy that is half understood would grant too much. */
export function parsePolicy(text: string): readonly PolicyRule[] {
  const trimmed = text.trim();
  try {
    return trimmed.startsWith('{') ? jsonRules(JSON.parse(trimmed)) : hclRules(trimmed);
  } catch (error) {
    throw problem(error instanceof Error ? error.message : String(error));
  }
}

function hclRules(text: string): readonly PolicyRule[] {
  return parseHcl(text).map(({ name, label, body }) => {
    if (name !== 'path') throw new Error(`invalid key ${JSON.stringify(name)}: only "path" is known`);
    return rule(label, body);
  });
}

function jsonRules(policy: unknown): readonly PolicyRule[] {
  const path = isObject(policy) ? policy.path : undefined;
  const groups: readonly unknown[] = Array.isArray(path) ? path : [path ?? {}];
  return groups.flatMap((group) => {
    if (!isObject(group)) throw new Error('"path" is not an object');
    return Object.entries(group).map(([pattern, body]) => rule(pattern, body));
  });
}

function rule(pattern: string, body: unknown): PolicyRule {
  if (!isObject(body)) throw new Error(`path ${JSON.stringify(pattern)}: not an object`);
  const unknown = Object.keys(body).find((key) => key !== 'capabilities' && key !== 'policy');
  if (unknown !== undefined)
    throw new Error(
      `path ${JSON.stringify(pattern)}: ${JSON.stringify(unknown)} is not provided by the embedded server`,
    );
  if (pattern.includes('+*'))
    throw new Error(`path ${JSON.stringify(pattern)}: invalid use of wildcards ('+*' is forbidden)`);
  const capabilities = [...listed(pattern, body.capabilities), ...oldWord(pattern, body.policy)];
  return { pattern: pattern.replace(/^\//, ''), capabilities };
}

function listed(pattern: string, value: unknown): readonly Capability[] {
  const names: readonly unknown[] = Array.isArray(value) ? value : value === undefined ? [] : [value];
  return names.map((name) => {
    if (typeof name === 'string' && CAPABILITIES.includes(name)) return name as Capability;
    throw new Error(`path ${JSON.stringify(pattern)}: invalid capability ${JSON.stringify(name)}`);
  });
}

function oldWord(pattern: string, value: unknown): readonly Capability[] {
  if (value === undefined) return [];
  const found = typeof value === 'string' ? OLD_WORDS[value] : undefined;
  if (found === undefined)
    throw new Error(`path ${JSON.stringify(pattern)}: invalid policy ${JSON.stringify(value)}`);
  return found;
}

function problem(text: string): VaultFault {
  return badRequest(`failed to parse policy: ${text}`);
}
