import { ConsulError } from './consul-error.js';

/** A refusal before anything is sent. */
export function badRequest(message: string): ConsulError {
  return new ConsulError('CONSUL_BAD_REQUEST', message, { retryable: false });
}

/** A refusal before anything is sent. */
export function tooLarge(message: string): ConsulError {
  return new ConsulError('CONSUL_VALUE_TOO_LARGE', message, { retryable: false });
}
