import type { CallOptions } from './call-options.js';
import { isRefused } from './login/is-refused.js';
import type { TokenKeeper } from './login/token-keeper.js';
import { settleBy, withinScope } from './transport/call-scope.js';
import type { Reply, RequestSpec, Transport } from './transport/transport.js';
import { isVaultError } from './vault-error.js';

/** Several requests that are one call. */
export type Requests<T> = (request: (spec: RequestSpec) => Promise<Reply>) => Promise<T>;

/** Sends requests with the client's token. */
export interface Session {
  readonly closed: AbortSignal;
  /** One request that is one call. */
  call(spec: RequestSpec, options: CallOptions | undefined): Promise<Reply>;
  /** Several requests under one deadline. */
  calls<T>(doing: string, options: CallOptions | undefined, run: Requests<T>): Promise<T>;
  /** One request under a signal that the caller has bound already. */
  request(spec: RequestSpec, signal: AbortSignal): Promise<Reply>;
}

/** A session on a keeper's token. A request that is denied because the token has ended is repeated once, with another. */
export function createSession(transport: Transport, keeper: TokenKeeper): Session {
  const checks = new Map<string, Promise<boolean>>();

  /** Calls that are denied together ask together. */
  const hasEnded = (token: string): Promise<boolean> => {
    const running = checks.get(token);
    if (running !== undefined) return running;
    const scope = { ...transport, doing: 'looking up the token', options: undefined };
    const check = withinScope(scope, (signal) => isRefused(transport, token, signal))
      .catch(() => false)
      .finally(() => checks.delete(token));
    checks.set(token, check);
    return check;
  };

  const request = async (spec: RequestSpec, signal: AbortSignal): Promise<Reply> => {
    const token = await keeper.token(signal);
    try {
      return await transport.send({ ...spec, token }, signal);
    } catch (error) {
      const denied = isVaultError(error) && error.code === 'VAULT_DENIED';
      if (!denied) throw error;
      // Another call may have noticed meanwhile.
      const ended = keeper.current() !== token || (await settleBy(hasEnded(token), signal));
      if (!ended) throw error;
      return transport.send({ ...spec, token: await keeper.replace(token, signal) }, signal);
    }
  };

  return {
    closed: transport.closed,
    request,
    call: (spec, options) =>
      withinScope({ ...transport, doing: spec.doing, options }, (signal) => request(spec, signal)),
    calls: (doing, options, run) =>
      withinScope({ ...transport, doing, options }, (signal) => run((spec) => request(spec, signal))),
  };
}
