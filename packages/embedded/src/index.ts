export { EmbeddedError, EMBEDDED_ERRORS, isEmbeddedError, type EmbeddedErrorCode } from './embedded-error.js';
export {
  startEmbeddedConsul,
  type EmbeddedConsul,
  type EmbeddedConsulOptions,
} from './start-embedded-consul.js';
