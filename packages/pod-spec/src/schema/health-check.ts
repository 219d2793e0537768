import { z } from 'zod';

import { command } from './collections.js';
import { portNumber } from './port.js';
import { duration, whole } from './quantity.js';
import { strict } from './strict.js';
import { pattern } from './text.js';

import type { HealthCheck } from '../types.js';

const SOME_TIME = { min: 10, minText: '10ms' };

const timing = (): {
  interval: z.ZodPrefault<z.ZodType<number, string>>;
  timeout: z.ZodPrefault<z.ZodType<number, string>>;
  threshold: z.ZodDefault<z.ZodInt>;
  startPeriod: z.ZodPrefault<z.ZodType<number, string>>;
} => ({
  interval: duration(SOME_TIME)
    .prefault('10s')
    .describe('From the end of one check to the start of the next.'),
  timeout: duration(SOME_TIME).prefault('5s').describe('A check that takes longer has failed.'),
  threshold: whole(1, 100).default(3).describe('Failures in a row that make the container unhealthy.'),
  startPeriod: duration()
    .prefault('0s')
    .describe('Failures in this time after the start do not count.')
    .meta({ examples: ['30s'] }),
});

const http = strict({
  type: z.literal('http').describe('An HTTP request by the agent.'),
  port: portNumber()
    .describe('Port of the container.')
    .meta({ examples: [8080] }),
  path: pattern(/^\/[^\s#]*$/, 'a path that begins with "/"', '/healthz')
    .default('/')
    .describe('Path and query.'),
  ...timing(),
}).meta({
  id: 'HttpHealthCheck',
  title: 'HTTP health check',
  description: "The agent requests a path on the container's address; an answer of 2xx or 3xx is healthy.",
});

const tcp = strict({
  type: z.literal('tcp').describe('A TCP connection by the agent.'),
  port: portNumber()
    .describe('Port of the container.')
    .meta({ examples: [5432] }),
  ...timing(),
}).meta({
  id: 'TcpHealthCheck',
  title: 'TCP health check',
  description: "The agent connects to a port on the container's address.",
});

const exec = strict({
  type: z.literal('exec').describe('A command in the container.'),
  command: command()
    .describe('Program and arguments; there is no shell unless you name one.')
    .meta({ examples: [['pg_isready']] }),
  ...timing(),
}).meta({
  id: 'ExecHealthCheck',
  title: 'Exec health check',
  description: 'Docker runs a command in the container; exit code 0 is healthy.',
});

const docker = strict({
  type: z.literal('docker').describe("The image's own."),
}).meta({
  id: 'DockerHealthCheck',
  title: "Docker's own health check",
  description: 'The HEALTHCHECK that the image brings, with its own timing.',
});

type Timed = Record<'interval' | 'timeout' | 'startPeriod', number>;

function inMilliseconds<Check extends Timed>({
  interval,
  timeout,
  startPeriod,
  ...rest
}: Check): Omit<Check, keyof Timed> & Record<'intervalMs' | 'timeoutMs' | 'startPeriodMs', number> {
  return { ...rest, intervalMs: interval, timeoutMs: timeout, startPeriodMs: startPeriod };
}

/** How the health of a container is judged. */
export const healthCheck: z.ZodType<HealthCheck> = z.union([
  http.transform(inMilliseconds),
  tcp.transform(inMilliseconds),
  exec.transform(inMilliseconds),
  docker,
]);
