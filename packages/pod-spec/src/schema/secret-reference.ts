import { strict } from './strict.js';
import { text } from './text.js';

/** `{ vault: { path, key } }`. */
export const vaultValue = strict({
  vault: strict({
    path: text()
      .describe('Path of the secret in Vault.')
      .meta({ examples: ['secret/web'] }),
    key: text().describe("Key within the secret's data."),
  }).describe('A key of a Vault KV secret.'),
}).meta({ id: 'VaultValue', title: 'Vault value', description: 'A key of a Vault KV secret.' });
