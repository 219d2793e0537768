import { isUtf8 } from 'node:buffer';

import { AgentError } from '../agent-error.js';
import { describeTarget } from './secret-target.js';

import type { Material } from './material.js';
import type { SecretTarget } from './secret-target.js';
import type { DatabaseReference, PkiReference, SecretSource, VaultReference } from '@raftainer/pod-spec';

/** The kernel takes no longer string into an environment: `MAX_ARG_STRLEN` of execve(2), with name, `=` and the end. */
const MAX_VARIABLE_BYTES = 128 * 1024;

/** What a file may hold; Vault itself takes no request above 32 MiB, and tmpfs is memory. */
export const MAX_FILE_BYTES = 512 * 1024;

/**
 * The bytes for one variable or file. Text of KV is taken as it is, numbers and booleans as JSON spells them, lists and
 * objects as JSON.
 *
 * @throws AgentError `AGENT_SECRET_MISSING`, `AGENT_SECRET_UNUSABLE`: neither says anything of a value.
 */
export function secretValue(source: SecretSource, material: Material, target: SecretTarget): Buffer {
  return fit(partOf(source, material, target), target);
}

/** Refuses what cannot be given. */
export function fit(value: Buffer, target: SecretTarget): Buffer {
  const limit = target.kind === 'file' ? MAX_FILE_BYTES : MAX_VARIABLE_BYTES - target.name.length - 2;
  if (value.length > limit) {
    const hint = target.kind === 'file' ? '' : ' Give it as a file.';
    throw unusable(target, `holds ${value.length} bytes, and at most ${limit} can be given.${hint}`);
  }
  if (target.kind === 'variable' && (value.includes(0) || !isUtf8(value)))
    throw unusable(target, 'is binary, which no variable can hold. Give it as a file.');
  return value;
}

function partOf(source: SecretSource, material: Material, target: SecretTarget): Buffer {
  if ('vault' in source && material.kind === 'kv') return kvPart(source.vault, material, target);
  if ('database' in source && material.kind === 'database')
    return Buffer.from(databasePart(source.database, material));
  if ('pki' in source && material.kind === 'pki') return Buffer.from(pkiPart(source.pki, material));
  throw new Error(`material of the kind ${material.kind} is not what ${describeTarget(target)} was made for`);
}

function kvPart(
  { path, key, encoding }: VaultReference,
  { data }: Material & { readonly kind: 'kv' },
  target: SecretTarget,
): Buffer {
  const value = Object.hasOwn(data, key) ? data[key] : undefined;
  if (value === undefined || value === null) {
    const message = `The secret ${path} has no key "${key}", which ${describeTarget(target)} is to have. Write the key, or correct the definition.`;
    throw new AgentError('AGENT_SECRET_MISSING', message, { retryable: true });
  }
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  if (encoding !== 'base64') return Buffer.from(text);
  const compact = text.replaceAll(/\s/g, '');
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(compact))
    throw unusable(target, `is key "${key}" of ${path}, which is not base64.`);
  return Buffer.from(compact, 'base64');
}

function databasePart(
  { field, template = '' }: DatabaseReference,
  { username, password }: Material & { readonly kind: 'database' },
): string {
  if (field !== undefined) return field === 'username' ? username : password;
  const values: Readonly<Record<string, string>> = {
    username,
    password,
    'username:url': encodeURIComponent(username),
    'password:url': encodeURIComponent(password),
  };
  return template.replaceAll(/\{\{([\w:]+)\}\}/g, (whole, name: string) => values[name] ?? whole);
}

function pkiPart({ field }: PkiReference, material: Material & { readonly kind: 'pki' }): string {
  const { certificate, privateKey, caChain } = material;
  switch (field) {
    case 'certificate':
      return lines([certificate]);
    case 'privateKey':
      return lines([privateKey]);
    case 'caChain':
      return lines(caChain);
    case 'bundle':
      return lines([certificate, ...caChain, privateKey]);
  }
}

/** PEM blocks, each ending with a line end, as tools that join files expect. */
function lines(blocks: readonly string[]): string {
  return blocks.map((block) => `${block.trimEnd()}\n`).join('');
}

function unusable(target: SecretTarget, why: string): AgentError {
  return new AgentError('AGENT_SECRET_UNUSABLE', `The value for ${describeTarget(target)} ${why}`, {
    retryable: true,
  });
}
