import { hostname as machineName, homedir } from 'node:os';
import { join } from 'node:path';
import { isIP } from 'node:net';

import { z } from 'zod';

import { AgentError, messageOf } from '../agent-error.js';
import { DEFAULT_LEASE_TERMS, FAST_LEASE_TERMS, termProblems } from '../lease/lease-terms.js';
import { consulOptions } from './consul-options.js';
import { readVault } from './read-vault.js';

import type { LeaseTerms } from '../lease/lease-terms.js';
import { duration, labels, MAX_POD_PREFIX, podSubnets, portRange } from './text-values.js';
import { readPolicy } from './read-policy.js';

import type { Config, ConsulConfig } from './config.js';
import type { HostPolicy } from '@raftainer/planner';

/** Environment variables. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What the key of a host in Consul can carry; machines have underscores in their names, too. */
const HOST_NAME = /^[a-z0-9]([a-z0-9._-]{0,251}[a-z0-9])?$/i;

const ipAddress = z.string().refine((text) => isIP(text) !== 0, 'is no IP address');
const port = z.coerce
  .number('is no port number')
  .int()
  .min(1, 'must be 1 to 65535')
  .max(65_535, 'must be 1 to 65535');
const flag = z.stringbool({
  truthy: ['true', '1', 'yes'],
  falsy: ['false', '0', 'no'],
  error: 'must be true or false',
});

const VARIABLES = z.object({
  HOSTNAME: z.string().regex(HOST_NAME, 'must be letters, digits, dots, dashes and underscores, 253 at most'),
  RAFTAINER_REGION: z
    .string()
    .regex(HOST_NAME, 'must be letters, digits, dots, dashes and underscores')
    .optional(),
  RAFTAINER_LABELS: labels.optional(),
  RAFTAINER_SECURE_IP: ipAddress.optional(),
  RAFTAINER_INTERNAL_IP: ipAddress.optional(),
  RAFTAINER_CONSUL_HOST: z.string().optional(),
  RAFTAINER_CONSUL_PORT: port.optional(),
  RAFTAINER_FAST_STARTUP: flag.optional(),
  RAFTAINER_PORT_RANGE: portRange.optional(),
  RAFTAINER_POD_SUBNETS: podSubnets.optional(),
  RAFTAINER_CONCURRENCY: z.coerce
    .number('is no number')
    .int()
    .min(1, 'must be at least 1')
    .max(64, 'must be at most 64')
    .optional(),
  RAFTAINER_POLICY_FILE: z.string().startsWith('/', 'must be an absolute path').optional(),
  RAFTAINER_STATE_DIR: z.string().startsWith('/', 'must be an absolute path').optional(),
  RAFTAINER_PROFILE: z.enum(['default', 'fast'], 'must be default or fast').optional(),
  RAFTAINER_FENCE: z.enum(['stop', 'freeze'], 'must be stop or freeze').optional(),
  RAFTAINER_CHECK_TTL: duration.optional(),
  RAFTAINER_SESSION_TTL: duration.optional(),
  RAFTAINER_LOCK_DELAY: duration.optional(),
  RAFTAINER_FENCE_AFTER: duration.optional(),
  RAFTAINER_FENCE_STOP_TIMEOUT: duration.optional(),
  RAFTAINER_HOLD: duration.optional(),
  RAFTAINER_ENGINE_PATIENCE: duration.optional(),
  RAFTAINER_RETURN: duration.optional(),
  RAFTAINER_CRASH_HOLD: duration.optional(),
  RAFTAINER_SECRETS_DIR: z.string().startsWith('/', 'must be an absolute path').optional(),
  RAFTAINER_SECRETS_POLL: duration.optional(),
  RAFTAINER_SECRETS_SPLAY: duration.optional(),
  RAFTAINER_VAULT_PORT: port.optional(),
  RAFTAINER_VAULT: z.enum(['embedded', 'none'], 'must be embedded or none').optional(),
  LOG_LEVEL: z
    .enum(
      ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
      'must be trace, debug, info, warn, error, fatal or silent',
    )
    .optional(),
  LOG_FORMAT: z.enum(['auto', 'json', 'pretty'], 'must be auto, json or pretty').optional(),
});

type Variables = z.infer<typeof VARIABLES>;

/**
 * Reads the configuration from environment variables; a variable that is empty counts as absent. Nothing is
 * touched before all of it is valid.
 *
 * @throws AgentError `AGENT_CONFIG_INVALID`, its message listing every problem.
 */
export function readConfig(environment: Environment): Config {
  const given = Object.entries(environment).filter(([, value]) => value !== undefined && value !== '');
  // The machine's own name has to be fit as well.
  const present: Environment = { HOSTNAME: machineName(), ...Object.fromEntries(given) };
  const parsed = VARIABLES.safeParse(present);
  const problems = parsed.success
    ? []
    : parsed.error.issues.map(
        (issue) =>
          `${issue.path.join('.')} ${issue.message} (it is ${JSON.stringify(present[String(issue.path[0])])})`,
      );
  const consul = readConsul(present, problems);
  const vault = readVault(present, { ...(consul === undefined ? {} : { consul }), problems });
  const policy = readPolicyOf(present, problems);
  if (parsed.success) problems.push(...termProblems(leaseTerms(parsed.data)));
  if (!parsed.success || consul === undefined || vault === undefined || problems.length > 0) {
    const list = problems.map((problem) => `  - ${problem}`).join('\n');
    throw new AgentError(
      'AGENT_CONFIG_INVALID',
      `The configuration has ${problems.length} problem(s); nothing was started:\n${list}`,
    );
  }
  return {
    ...toConfig(parsed.data, present, { consul, vault }),
    ...(policy === undefined ? {} : { policy }),
  };
}

function toConfig(
  variables: Variables,
  environment: Environment,
  servers: Pick<Config, 'consul' | 'vault'>,
): Config {
  const internalIp = variables.RAFTAINER_INTERNAL_IP ?? variables.RAFTAINER_SECURE_IP ?? '127.0.0.1';
  return {
    host: variables.HOSTNAME.toLowerCase(),
    region: variables.RAFTAINER_REGION,
    labels: variables.RAFTAINER_LABELS ?? {},
    internalIp,
    secureIp: variables.RAFTAINER_SECURE_IP ?? internalIp,
    fastStartup: variables.RAFTAINER_FAST_STARTUP ?? false,
    portRange: variables.RAFTAINER_PORT_RANGE ?? { from: 20_000, to: 31_999 },
    podSubnets: variables.RAFTAINER_POD_SUBNETS ?? { range: '10.213.0.0/16', prefixLength: MAX_POD_PREFIX },
    concurrency: variables.RAFTAINER_CONCURRENCY ?? 6,
    stateDir: variables.RAFTAINER_STATE_DIR ?? defaultStateDir(environment),
    enginePatienceMs: variables.RAFTAINER_ENGINE_PATIENCE ?? 30_000,
    lease: leaseTerms(variables),
    returnMs: variables.RAFTAINER_RETURN ?? 60_000,
    ...servers,
    secrets: {
      ...(variables.RAFTAINER_SECRETS_DIR === undefined
        ? {}
        : { directory: variables.RAFTAINER_SECRETS_DIR }),
      pollMs: variables.RAFTAINER_SECRETS_POLL ?? 60_000,
      splayMs: variables.RAFTAINER_SECRETS_SPLAY ?? 10_000,
    },
    log: { level: variables.LOG_LEVEL ?? 'info', format: variables.LOG_FORMAT ?? 'auto' },
  };
}

function readPolicyOf(environment: Environment, problems: string[]): HostPolicy | undefined {
  const file = environment.RAFTAINER_POLICY_FILE;
  if (file?.startsWith('/') !== true) return undefined;
  const result = readPolicy(file);
  if (result.ok) return result.policy;
  problems.push(...result.problems.map((problem) => `RAFTAINER_POLICY_FILE ${problem}`));
  return undefined;
}

function leaseTerms(variables: Variables): LeaseTerms {
  const defaults = variables.RAFTAINER_PROFILE === 'fast' ? FAST_LEASE_TERMS : DEFAULT_LEASE_TERMS;
  const { RAFTAINER_FENCE: fence } = variables;
  return {
    ...defaults,
    ...(fence === undefined ? {} : { freeze: fence === 'freeze' }),
    checkTtlMs: variables.RAFTAINER_CHECK_TTL ?? defaults.checkTtlMs,
    sessionTtlMs: variables.RAFTAINER_SESSION_TTL ?? defaults.sessionTtlMs,
    lockDelayMs: variables.RAFTAINER_LOCK_DELAY ?? defaults.lockDelayMs,
    fenceAfterMs: variables.RAFTAINER_FENCE_AFTER ?? defaults.fenceAfterMs,
    stopTimeoutMs: variables.RAFTAINER_FENCE_STOP_TIMEOUT ?? defaults.stopTimeoutMs,
    holdMs: variables.RAFTAINER_HOLD ?? defaults.holdMs,
    crashHoldMs: variables.RAFTAINER_CRASH_HOLD ?? defaults.crashHoldMs,
  };
}

/** `RAFTAINER_CONSUL_HOST`, or Consul's own `CONSUL_HTTP_ADDR`; with neither, the embedded server. */
function readConsul(environment: Environment, problems: string[]): ConsulConfig | undefined {
  const host = environment.RAFTAINER_CONSUL_HOST;
  const portText = environment.RAFTAINER_CONSUL_PORT;
  const portNumber = portText === undefined ? undefined : Number(portText);
  if (host === undefined && environment.CONSUL_HTTP_ADDR === undefined) {
    return { kind: 'embedded', port: portNumber ?? 8500 };
  }
  try {
    return { kind: 'external', options: consulOptions(environment) };
  } catch (error: unknown) {
    problems.push(messageOf(error));
    return undefined;
  }
}

function defaultStateDir(environment: Environment): string {
  if (process.getuid?.() === 0) return '/var/lib/raftainer';
  return join(environment.XDG_STATE_HOME ?? join(homedir(), '.local', 'state'), 'raftainer');
}
