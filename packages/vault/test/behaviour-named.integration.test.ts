import { describe } from 'vitest';
import { describeBehaviour } from './behaviour/describe-behaviour.js';

const { VAULT_ADDR: address, VAULT_TOKEN: rootToken } = process.env;

/** Runs on the server that `VAULT_ADDR` and `VAULT_TOKEN` name: a Vault in dev mode will do. */
describe.skipIf(address === undefined || rootToken === undefined)('on the named server', () => {
  describeBehaviour('the named server', {
    start: () => Promise.resolve({ address: address ?? '', rootToken: rootToken ?? '' }),
    stop: () => Promise.resolve(),
  });
});
