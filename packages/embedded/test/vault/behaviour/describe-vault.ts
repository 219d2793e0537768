import { afterAll, beforeAll, describe } from 'vitest';
import type { VaultUnderTest } from '../vault-api.js';
import { describeCrypto } from './crypto-behaviour.js';
import { describeKv } from './kv-behaviour.js';
import { describeLogins } from './login-behaviour.js';
import { describePolicies } from './policy-behaviour.js';
import { describeTokens } from './token-behaviour.js';
import { VaultUser } from './vault-user.js';

/**
 * What a Vault does, for any server: everything is made under names of its own. What differs between versions of Vault
 * (texts above all) is left to the recorded exchanges.
 */
export function describeVault(
  name: string,
  start: () => Promise<VaultUnderTest & { readonly close?: () => Promise<void> }>,
): void {
  describe(name, () => {
    let server: Awaited<ReturnType<typeof start>>;
    beforeAll(async () => {
      server = await start();
    });
    afterAll(() => server.close?.());
    const root = (): VaultUser => new VaultUser(server, server.rootToken);
    describeKv(root);
    describePolicies(root);
    describeTokens(root);
    describeLogins(root);
    describeCrypto(root);
  });
}
