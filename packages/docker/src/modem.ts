import Dockerode from 'dockerode';
import type { Agent, IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import type { EngineAddress } from './connection.js';
import { DockerError } from './errors.js';

/** A value of a query; objects are sent as JSON. */
export type QueryValue = string | number | boolean | readonly string[] | object | undefined;

/** One request to the engine. */
export interface EngineRequest {
  /** Completes "Could not …" in messages. */
  readonly doing: string;
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, QueryValue>>;
  readonly body?: object;
  readonly upload?: Readable | Buffer;
  /** Goes into the `X-Registry-Auth` header. */
  readonly registryAuth?: object;
  /** Turns what it threw into an error of ours. Default: {@link toDockerError}. */
  readonly explain?: (error: unknown, doing: string) => DockerError;
  /** It may take long: it gets a connection of its own instead of one from the pool. */
  readonly long?: boolean;
}

/** The part of dockerode that sends requests. */
export interface Modem {
  dial(options: object, callback: (error: Error | null, data: unknown) => void): void;
}

/** 304 is how the engine says that a container has started, or stopped, already. */
const GOOD = { 200: true, 201: true, 204: true, 304: true };

/**
 * dockerode's connection. All options are given, as absent ones would be filled from the environment by other rules than
 * ours. Requests go straight to its `dial`: the methods above it accept an abort signal in only some places, put whole
 * bodies into the URL and do not escape ids.
 *
 * No API version is asked for: newer engines refuse old versions, older ones new versions, and everything used here is
 * in 1.41 and unchanged since.
 */
export function createModem(address: EngineAddress, agent: Agent): Modem {
  const common = { agent, timeout: undefined, version: undefined, pathPrefix: '/', headers: {} };
  const tcp = address.kind === 'tcp' ? address : undefined;
  const socketPath = address.kind === 'socket' ? address.socketPath : undefined;
  const target = { host: tcp?.host, port: tcp?.port, socketPath, ...tlsOptions(tcp?.tls) };
  try {
    const docker = new Dockerode({ ...common, ...target } as Dockerode.DockerOptions);
    return docker.modem;
  } catch (error) {
    throw new DockerError(
      'DOCKER_CONFIG_INVALID',
      'Could not use the DOCKER_ variables of the environment.',
      {
        cause: error,
      },
    );
  }
}

/**
 * Sends one request; resolves with the body as soon as the headers are there. The body is read here and not by dockerode,
 * whose promise never settles when the engine goes away in the middle of an answer.
 */
export async function dial(
  modem: Modem,
  request: EngineRequest,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    modem.dial(dialOptions(request, signal), (error, data) => {
      if (error === null) resolve(data as IncomingMessage);
      else reject(error);
    });
  });
}

function dialOptions(request: EngineRequest, abortSignal: AbortSignal): object {
  const query = Object.entries(request.query ?? {}).filter(([, value]) => value !== undefined);
  return {
    method: request.method,
    // The mark is what makes dockerode append the query.
    path: query.length === 0 ? request.path : `${request.path}?`,
    options: { _query: Object.fromEntries(query), _body: request.body ?? {} },
    file: request.upload,
    authconfig: request.registryAuth,
    statusCodes: GOOD,
    isStream: true,
    abortSignal,
  };
}

function tlsOptions(tls: object | undefined): object {
  if (tls !== undefined) return { protocol: 'https', ...tls };
  return { protocol: 'http', ca: undefined, cert: undefined, key: undefined };
}
