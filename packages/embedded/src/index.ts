export { EmbeddedError, EMBEDDED_ERRORS, isEmbeddedError, type EmbeddedErrorCode } from './embedded-error.js';
export {
  startEmbeddedConsul,
  type EmbeddedConsul,
  type EmbeddedConsulOptions,
} from './start-embedded-consul.js';
export { startEmbeddedVault, type EmbeddedVault, type EmbeddedVaultOptions } from './start-embedded-vault.js';
