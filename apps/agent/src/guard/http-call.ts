import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';

import type { RequestOptions } from 'node:https';

/** One request, on Node alone. */
export interface HttpCall {
  readonly method: string;
  readonly path: string;
  readonly timeoutMs: number;
}

/** An answer, whatever its status. */
export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
}

/** Where requests go: the options of every request, and whether they are encrypted. */
export interface HttpTarget {
  readonly options: RequestOptions;
  readonly secure: boolean;
}

/** Rejects when there is no answer in time. */
export async function httpCall(
  { options, secure }: HttpTarget,
  { method, path, timeoutMs }: HttpCall,
): Promise<HttpAnswer> {
  const signal = AbortSignal.timeout(Math.ceil(timeoutMs));
  return new Promise((resolve, reject) => {
    const request = (secure ? requestHttps : requestHttp)({ ...options, method, path, signal, agent: false });
    request.on('response', (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => (body += text));
      response.on('error', reject).on('end', () => {
        resolve({ status: response.statusCode ?? 0, body });
      });
    });
    request.on('error', reject).end();
  });
}
