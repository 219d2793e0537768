import { once } from 'node:events';
import { connect } from 'node:net';
import type { CheckProbe } from '../state/records.js';
import { connectProblem } from './connect-problem.js';
import type { CheckResult } from './check-result.js';
import { withinTime } from './within-time.js';

type TcpProbe = Extract<CheckProbe, { kind: 'tcp' }>;

/** Connects once: passing when the connection is accepted. */
export async function probeTcp(probe: TcpProbe, signal: AbortSignal): Promise<CheckResult> {
  const split = probe.address.lastIndexOf(':');
  const host = probe.address.slice(0, Math.max(split, 0)).replace(/^\[(.*)\]$/, '$1');
  const port = Number(probe.address.slice(split + 1));
  if (split < 0 || !Number.isInteger(port) || port < 1 || port > 65_535) {
    return {
      status: 'critical',
      output: `dial tcp: address ${probe.address}: missing or invalid port in address`,
    };
  }
  return withinTime(probe.timeoutMs, signal, async (deadline) => {
    const socket = connect({ host: host === '' ? '127.0.0.1' : host, port });
    try {
      await once(socket, 'connect', { signal: deadline });
      return { status: 'passing', output: `TCP connect ${probe.address}: Success` };
    } catch (error) {
      return { status: 'critical', output: connectProblem(error, deadline) };
    } finally {
      socket.on('error', () => undefined);
      socket.destroy();
    }
  });
}
