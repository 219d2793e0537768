import type { IncomingMessage } from 'node:http';
import type { WireResult } from './wire-client.js';

interface RefusedRequest {
  readonly isResponse?: boolean;
  readonly response?: IncomingMessage & { readonly body?: unknown };
}

/** For `catch`: takes one HTTP status for an answer where the library takes it for an error. */
export function responseWithStatus(status: number): (error: unknown) => WireResult {
  return (error) => {
    const { response, isResponse } = error as RefusedRequest;
    if (isResponse !== true || response?.statusCode !== status) throw error;
    return typeof response.body === 'object' && !Buffer.isBuffer(response.body)
      ? [response, response.body]
      : [response];
  };
}
