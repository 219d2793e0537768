import { vaultOptionsFromEnv } from '@raftainer/vault';

import { messageOf } from '../agent-error.js';

import type { ConsulConfig, VaultConfig } from './config.js';

/**
 * Vault's own variables name one that runs. Without them `RAFTAINER_VAULT` says whether there is one inside: by default as
 * there is a Consul inside. Undefined when they are wrong; what is wrong is added to the problems.
 */
export function readVault(
  environment: Readonly<Record<string, string | undefined>>,
  { consul, problems }: { readonly consul?: ConsulConfig; readonly problems: string[] },
): VaultConfig | undefined {
  try {
    const options = vaultOptionsFromEnv(environment);
    const wanted = environment.RAFTAINER_VAULT;
    if (options !== undefined && wanted === 'embedded') {
      problems.push('RAFTAINER_VAULT is embedded and VAULT_ADDR names another Vault: keep one of them');
      return undefined;
    }
    if (options !== undefined) return wanted === 'none' ? { kind: 'none' } : { kind: 'external', options };
    const isInside = wanted === 'embedded' || (wanted === undefined && consul?.kind === 'embedded');
    if (!isInside) return { kind: 'none' };
    const { RAFTAINER_VAULT_PORT: port } = environment;
    return { kind: 'embedded', ...(port === undefined ? {} : { port: Number(port) }) };
  } catch (error: unknown) {
    problems.push(messageOf(error));
    return undefined;
  }
}
