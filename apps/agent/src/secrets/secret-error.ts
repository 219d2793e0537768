import { isVaultError } from '@raftainer/vault';

import { AgentError } from '../agent-error.js';
import { describeTarget } from './secret-target.js';

import type { AgentErrorCode } from '../agent-error.js';
import type { SecretTarget } from './secret-target.js';
import type { SecretSource } from '@raftainer/pod-spec';
import type { VaultError, VaultErrorCode } from '@raftainer/vault';

const CODES: Partial<Readonly<Record<VaultErrorCode, AgentErrorCode>>> = {
  VAULT_NOT_FOUND: 'AGENT_SECRET_MISSING',
  VAULT_DELETED: 'AGENT_SECRET_MISSING',
  VAULT_DESTROYED: 'AGENT_SECRET_MISSING',
  VAULT_NO_MOUNT: 'AGENT_SECRET_MISSING',
  VAULT_DENIED: 'AGENT_SECRET_DENIED',
  VAULT_BAD_REQUEST: 'AGENT_SECRET_DENIED',
};

/** What a failure of Vault means for a container: named by pod, container, path and key. Others pass through. */
export function toSecretError(error: unknown, source: SecretSource, target: SecretTarget): unknown {
  if (!isVaultError(error)) return error;
  const code = CODES[error.code] ?? 'AGENT_SECRET_UNAVAILABLE';
  const message = `Vault does not give ${describeSource(source)}, which ${describeTarget(target)} is to have: ${error.message}`;
  return new AgentError(code, message, { cause: error, retryable: true });
}

/** Whether Vault could not be asked, or could not answer: what it gave before is still the best that is known. */
export function isOutage(error: unknown): error is VaultError {
  return (
    isVaultError(error) && (CODES[error.code] ?? 'AGENT_SECRET_UNAVAILABLE') === 'AGENT_SECRET_UNAVAILABLE'
  );
}

function describeSource(source: SecretSource): string {
  if ('vault' in source) return `key "${source.vault.key}" of ${source.vault.path}`;
  if ('database' in source) {
    const { role, mount = 'database' } = source.database;
    return `credentials of the role ${role} of ${mount}`;
  }
  const { role, mount = 'pki', commonName } = source.pki;
  return `a certificate for ${commonName} of the role ${role} of ${mount}`;
}
