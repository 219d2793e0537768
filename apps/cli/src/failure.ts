import { isClusterError } from '@raftainer/cluster';
import type { ClusterErrorCode } from '@raftainer/cluster';
import { isConsulError } from '@raftainer/consul';
import { CommanderError } from 'commander';
import { CliError } from './cli-error.js';
import type { ExitCode } from './exit-code.js';
import { EXIT } from './exit-code.js';

/** How a command ended that did not end well. */
export interface Failure {
  readonly exitCode: ExitCode;
  readonly code: string;
  readonly message: string;
  /** More fields under `--json`. */
  readonly details: Readonly<Record<string, unknown>>;
}

const CLUSTER_EXIT: Readonly<Record<ClusterErrorCode, ExitCode>> = {
  CLUSTER_INVALID_NAME: EXIT.invalid,
  CLUSTER_NAME_MISMATCH: EXIT.invalid,
  CLUSTER_VALUE_TOO_LARGE: EXIT.invalid,
  CLUSTER_POD_NOT_FOUND: EXIT.notFound,
  CLUSTER_POD_INVALID: EXIT.invalid,
  CLUSTER_CONFLICT: EXIT.failed,
};

/** Codes of Consul and Docker that mean: it is not there, or not able to answer. */
const UNREACHABLE: ReadonlySet<string> = new Set([
  'CONSUL_UNAVAILABLE',
  'CONSUL_TIMEOUT',
  'CONSUL_NO_LEADER',
  'CONSUL_SERVER_ERROR',
  'DOCKER_UNAVAILABLE',
  'DOCKER_TIMEOUT',
  'DOCKER_SERVER_ERROR',
]);

const MISCONFIGURED: ReadonlySet<string> = new Set(['CONSUL_BAD_OPTIONS', 'DOCKER_CONFIG_INVALID']);

/** What an error means to the user and to the exit code. */
export function failureOf(error: unknown): Failure {
  if (error instanceof CliError) {
    return { exitCode: error.exitCode, code: error.code, message: error.message, details: error.details };
  }
  if (error instanceof CommanderError) {
    const message = error.message.replace(/^error: /, '');
    return { exitCode: EXIT.invalid, code: 'CLI_USAGE', message, details: {} };
  }
  if (isClusterError(error)) {
    return { exitCode: CLUSTER_EXIT[error.code], code: error.code, message: error.message, details: {} };
  }
  return adapterFailure(error) ?? internalFailure(error);
}

/** Whether Consul or Docker did not answer. */
export function isUnreachable(error: unknown): boolean {
  return failureOf(error).exitCode === EXIT.unreachable;
}

function adapterFailure(error: unknown): Failure | undefined {
  if (!isConsulError(error) && !isDockerLike(error)) {
    return undefined;
  }
  const { code, message } = error;
  if (UNREACHABLE.has(code)) {
    return { exitCode: EXIT.unreachable, code, message, details: {} };
  }
  return { exitCode: MISCONFIGURED.has(code) ? EXIT.invalid : EXIT.failed, code, message, details: {} };
}

/** By name: importing the Docker client costs more than most commands take, and only `logs` needs it. */
function isDockerLike(error: unknown): error is Error & { readonly code: string } {
  return error instanceof Error && error.name === 'DockerError' && 'code' in error;
}

function internalFailure(error: unknown): Failure {
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { exitCode: EXIT.failed, code: 'CLI_INTERNAL', message, details: {} };
}
