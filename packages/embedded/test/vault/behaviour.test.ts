import { startEmbeddedVault } from '../../src/index.js';
import { describeVault } from './behaviour/describe-vault.js';

describeVault('The embedded Vault', () => startEmbeddedVault({ port: 0 }));

const { VAULT_ADDR: address, VAULT_TOKEN: rootToken } = process.env;
if (address !== undefined && rootToken !== undefined)
  describeVault('The server that VAULT_ADDR names', () => Promise.resolve({ address, rootToken }));
