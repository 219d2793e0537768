import { get } from 'node:http';
import { connect } from 'node:net';

import type { ProbeCheck } from '@raftainer/planner';
import type { HttpHealthCheck, TcpHealthCheck } from '@raftainer/pod-spec';

/** Asks a container once whether it is well. Resolves with the answer; never rejects. */
export async function probe(address: string, check: ProbeCheck): Promise<boolean> {
  return check.type === 'http' ? probeHttp(address, check) : probeTcp(address, check);
}

async function probeHttp(address: string, check: HttpHealthCheck): Promise<boolean> {
  const signal = AbortSignal.timeout(check.timeoutMs);
  return new Promise((resolve) => {
    const request = get(
      { host: address, port: check.port, path: sendable(check.path), signal, agent: false },
      (response) => {
        response.resume();
        const { statusCode = 0 } = response;
        resolve(statusCode >= 200 && statusCode < 400);
        request.destroy();
      },
    );
    request.on('error', () => {
      resolve(false);
    });
  });
}

/** Percent-encodes what HTTP cannot carry; Node throws at a path with such characters. */
function sendable(path: string): string {
  return path.replace(/[^\u0021-\u007e]+/g, (characters) =>
    [...Buffer.from(characters)].map((byte) => `%${byte.toString(16).toUpperCase()}`).join(''),
  );
}

async function probeTcp(address: string, check: TcpHealthCheck): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port: check.port, timeout: check.timeoutMs });
    const answer = (healthy: boolean) => (): void => {
      socket.destroy();
      resolve(healthy);
    };
    socket.on('connect', answer(true)).on('error', answer(false)).on('timeout', answer(false));
  });
}
