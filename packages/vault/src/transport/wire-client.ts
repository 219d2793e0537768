import NodeVault from 'node-vault';
import type { VaultOptions } from '../vault-options.js';
import { createRequester } from './requester.js';
import type { WireRequest, WireResponse } from './requester.js';

/** One request, before `node-vault` has put it together. */
export interface WireCall {
  readonly method: string;
  /** With its query, below `/v1`: `/sys/health`. */
  readonly path: string;
  /** A fresh object: the library writes into it. */
  readonly headers: Record<string, string>;
  readonly json?: unknown;
  readonly signal: AbortSignal;
}

/** What this package uses of `node-vault`, typed as it behaves. */
export interface WireClient {
  request(call: WireCall): Promise<WireResponse>;
  destroy(): void;
}

/** Parts of the library that its types leave out, or make narrower than they are. */
interface Library {
  token: string;
  namespace: string;
  pathPrefix: string;
  handleVaultResponse: (response: WireResponse) => Promise<WireResponse>;
  request(call: WireCall): Promise<WireResponse>;
}

/**
 * `node-vault`, made safe through its own options:
 *
 * - the requests are sent by `createRequester`;
 * - answers come whole, whatever their status: the library takes everything with `sys/health` in its path, a secret's too, for a success;
 * - token, namespace and path prefix come from our options, never from the environment of whoever uses us;
 * - nothing is printed: the library's own debugging prints bodies.
 */
export function createWireClient({ address, namespace = '', tls }: VaultOptions): WireClient {
  const requester = createRequester(address, tls);
  const library = NodeVault({
    endpoint: address,
    debug: () => undefined,
    'request-promise': { defaults: () => (request: WireRequest) => requester.send(request) },
  }) as unknown as Library;
  Object.assign(library, { token: '', namespace, pathPrefix: '' });
  library.handleVaultResponse = (response) => Promise.resolve(response);
  return {
    request: (call) => library.request(call),
    destroy: () => {
      requester.destroy();
    },
  };
}
