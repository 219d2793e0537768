import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { join } from 'node:path';

import { createConsul } from '@raftainer/consul';
import { createDocker } from '@raftainer/docker';
import { createLogger } from '@raftainer/logger';

import { Agent } from './agent.js';
import { AgentError, messageOf } from './agent-error.js';
import { readArguments, USAGE } from './arguments.js';
import { answerControl } from './control.js';
import { readConfig } from './config/read-config.js';
import { Freezer } from './guard/freezer.js';
import { usableTerms } from './lease/usable-terms.js';
import { readStored, SESSION_FILE } from './presence/session-memory.js';
import { StateDir } from './presence/state-dir.js';
import { checkSecretsFolder } from './secrets/check-secrets-folder.js';
import { SecretState } from './secrets/secret-state.js';
import { startVault } from './start-vault.js';
import { withinStopLimit } from './stop-limit.js';

import type { AgentParts } from './composition.js';
import type { Config } from './config/config.js';
import type { LeaseTerms } from './lease/lease-terms.js';
import type { ConsulOptions } from '@raftainer/consul';
import type { Logger } from '@raftainer/logger';

/** Exit codes: 0 stopped as asked, 1 failed, 2 the configuration or the command line is wrong. */
const EXIT = { stopped: 0, failed: 1, misconfigured: 2 } as const;

/** Does what the command line asks: as a rule, runs the agent until a signal or a failure ends it. Returns the exit code. */
export async function runProcess(host: NodeJS.Process): Promise<number> {
  const request = orComplain(host, () => readArguments(host.argv.slice(2)));
  if (request === undefined) return EXIT.misconfigured;
  if (request === 'run') return runAgent(host);
  host.stdout.write(request === 'help' ? USAGE : `${packageVersion()}\n`);
  return EXIT.stopped;
}

async function runAgent(host: NodeJS.Process): Promise<number> {
  const config = orComplain(host, () => readConfig(host.env));
  if (config === undefined) return EXIT.misconfigured;
  const logger = createLogger({ name: 'raftainer', ...config.log }).child({ host: config.host });
  // Whatever nobody caught is logged before it ends the process; the pods stay as they are.
  host.once('uncaughtException', (error) => {
    logger.fatal({ error }, 'The agent failed in a way nobody foresaw; please report this');
    logger.flush();
    host.exit(EXIT.failed);
  });
  try {
    await runWith(host, { ...config, lease: leaseOf(config, logger) }, logger);
    return EXIT.stopped;
  } catch (error: unknown) {
    logger.fatal({ error }, 'The agent cannot go on');
    return EXIT.failed;
  } finally {
    logger.flush();
  }
}

/** With the embedded Consul nothing is ever fenced. */
function leaseOf({ lease, consul }: Config, logger: Logger): LeaseTerms {
  return consul.kind === 'embedded' ? lease : usableTerms(lease, Freezer.obstacle(), logger);
}

function orComplain<T>(host: NodeJS.Process, read: () => T): T | undefined {
  try {
    return read();
  } catch (error: unknown) {
    if (!(error instanceof AgentError)) throw error;
    host.stderr.write(`raftainer-agent: ${messageOf(error)}\n`);
    return undefined;
  }
}

async function runWith(host: NodeJS.Process, config: Config, logger: Logger): Promise<void> {
  const stateDir = await StateDir.open(config.stateDir);
  const embedded = await startEmbedded(config, logger);
  const consul = createConsul(embedded?.options ?? externalOptions(config));
  const docker = createDocker();
  const vault = await startVault(config, logger);
  const version = packageVersion();
  logger.info({ version, stateDir: config.stateDir, pid: host.pid }, 'The agent starts');
  try {
    await checkSecretsFolder(config, logger);
    const agent = new Agent({
      config,
      consul,
      docker,
      ...(vault === undefined ? {} : { vault: vault.client }),
      secretState: await SecretState.open(stateDir),
      stateDir,
      logger,
      version,
      instance: randomUUID(),
      ...(await about(host, stateDir)),
    });
    stateDir.answerWith((request) => answerControl(agent, request));
    await untilStopped(host, agent, logger);
  } finally {
    consul.close();
    docker.close();
    await vault?.close();
    await embedded?.close();
    await stateDir.close();
  }
  logger.info({}, 'The agent has stopped');
}

async function about(
  host: NodeJS.Process,
  stateDir: StateDir,
): Promise<Pick<AgentParts, 'environment' | 'answersForRunning' | 'lockDelayMs'>> {
  const stored = readStored(await stateDir.read(SESSION_FILE));
  const { lockDelayMs } = stored ?? {};
  return {
    environment: host.env,
    answersForRunning: stored !== undefined,
    ...(lockDelayMs === undefined ? {} : { lockDelayMs }),
  };
}

function externalOptions(config: Config): ConsulOptions {
  return config.consul.kind === 'external' ? config.consul.options : {};
}

interface Embedded {
  readonly options: ConsulOptions;
  readonly close: () => Promise<void>;
}

/** With no Consul configured there is one inside; it is only loaded when it is needed. */
async function startEmbedded(config: Config, logger: Logger): Promise<Embedded | undefined> {
  if (config.consul.kind !== 'embedded') return undefined;
  const { startEmbeddedConsul } = await import('@raftainer/embedded');
  const server = await startEmbeddedConsul({
    port: config.consul.port,
    dataDir: join(config.stateDir, 'consul'),
    nodeName: config.host,
  });
  logger.info({ address: server.address }, 'No Consul is configured: the embedded one serves this host');
  return { options: { host: server.host, port: server.port }, close: () => server.close() };
}

/** SIGTERM leaves the pods running for the next agent; Ctrl-C on a terminal stops them, a second one gives up. */
async function untilStopped(host: NodeJS.Process, agent: Agent, logger: Logger): Promise<void> {
  const stopped = new Promise<void>((resolve, reject) => {
    const stop = (pods: 'keep' | 'stop', signal: NodeJS.Signals): void => {
      logger.info(
        { signal, pods },
        pods === 'keep'
          ? 'Stopping; the pods keep running'
          : 'Stopping the pods; press Ctrl-C again to leave them',
      );
      const stopping = agent.stop({ pods });
      (pods === 'keep' ? withinStopLimit(stopping) : stopping).then(resolve, reject);
    };
    host.once('SIGTERM', () => {
      stop('keep', 'SIGTERM');
    });
    host.once('SIGINT', () => {
      stop(host.stdin.isTTY ? 'stop' : 'keep', 'SIGINT');
      host.once('SIGINT', () => {
        host.exit(EXIT.failed);
      });
    });
  });
  await Promise.race([stopped, agent.finished.then(() => stopped)]);
}

function packageVersion(): string {
  const { version } = createRequire(import.meta.url)('../package.json') as { readonly version: string };
  return version;
}
