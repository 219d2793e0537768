import type { CallOptions } from '../call-options.js';
import { VaultError } from '../vault-error.js';
import { allowManyListeners } from './allow-many-listeners.js';

/** What bounds a call. */
export interface ScopeSpec {
  /** Completes "while …". */
  readonly doing: string;
  readonly options: CallOptions | undefined;
  /** Used when the call has no deadline of its own, in milliseconds. */
  readonly timeoutMs: number;
  /** Aborts when the client is closed. */
  readonly closed: AbortSignal;
}

/**
 * Runs something that may be several requests under one deadline, one caller's signal and the client's end. Settles as soon as one of them
 * strikes, with a `VaultError` that says which; the given signal has it as its reason.
 */
export async function withinScope<T>(
  { doing, options, timeoutMs: standard, closed }: ScopeSpec,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const timeoutMs = options?.timeoutMs ?? standard;
  const controller = new AbortController();
  const parents = [closed, options?.signal].filter((parent) => parent !== undefined);
  const onAbort = (): void => {
    controller.abort(abortError(doing, options, closed));
  };
  if (parents.some((parent) => parent.aborted)) throw abortError(doing, options, closed);
  const timer = setTimeout(() => {
    controller.abort(timeoutError(doing, timeoutMs));
  }, timeoutMs);
  parents.forEach((parent) => {
    allowManyListeners(parent);
    parent.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await settleBy(run(controller.signal), controller.signal);
  } finally {
    clearTimeout(timer);
    parents.forEach((parent) => {
      parent.removeEventListener('abort', onAbort);
    });
  }
}

/** The promise, or the signal's reason, whichever comes first. */
export function settleBy<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      reject(signal.reason as VaultError);
    };
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', onAbort);
    });
  });
}

function timeoutError(doing: string, timeoutMs: number): VaultError {
  return new VaultError(
    'VAULT_TIMEOUT',
    `Vault did not answer within ${timeoutMs} ms while ${doing}. Is it overloaded or cut off?`,
    { retryable: true },
  );
}

function abortError(doing: string, options: CallOptions | undefined, closed: AbortSignal): VaultError {
  const why = closed.aborted ? 'the client was closed' : 'the caller aborted';
  return new VaultError('VAULT_ABORTED', `Gave up ${doing}: ${why}.`, {
    retryable: false,
    cause: options?.signal?.reason,
  });
}
