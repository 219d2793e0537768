import { ignoringAbsence } from './absence.js';
import type { CallOptions } from './call-options.js';
import { containerBody } from './container-body.js';
import type { ContainerDetails } from './container-details.js';
import type { ContainerSpec } from './container-spec.js';
import type { ContainerSummary } from './container-summary.js';
import { bounded } from './engine.js';
import type { Engine } from './engine.js';
import { isDockerError } from './errors.js';
import { runExec } from './exec.js';
import type { ExecOptions, ExecResult, ExecSpec } from './exec.js';
import { labelFilter } from './label-filter.js';
import { readFile } from './read-file.js';
import { readLogs } from './read-logs.js';
import type { LogLine, LogOptions } from './logs.js';
import { parseContainerDetails } from './parse-container-details.js';
import type { WireDetails } from './parse-container-details.js';
import { parseContainerSummary } from './parse-container-summary.js';
import type { WireSummary } from './parse-container-summary.js';
import { pathSegment } from './path-segment.js';
import { sendSignal, stopContainer } from './stop-container.js';
import type { StopOptions } from './stop-container.js';

/** Containers of the engine. Where a call takes an id, the name does as well. */
export interface Containers {
  /** One API call, whatever their number. Default deadline: the client's `timeoutMs`. */
  list(options?: ContainerListOptions): Promise<readonly ContainerSummary[]>;
  /** @throws DockerError `DOCKER_NOT_FOUND`. Default deadline: the client's `timeoutMs`. */
  inspect(id: string, options?: CallOptions): Promise<ContainerDetails>;
  /**
   * Creates a container without starting it, in one API call, and gives its id. The image is not pulled. Default
   * deadline: the client's `changeTimeoutMs`.
   *
   * @throws DockerError `DOCKER_CONFLICT` when the name is taken, `DOCKER_IMAGE_NOT_FOUND`, `DOCKER_BAD_REQUEST`.
   */
  create(spec: ContainerSpec, options?: CallOptions): Promise<string>;
  /**
   * Starts it; one that runs already is no error. One API call. Default deadline: the client's `changeTimeoutMs`.
   *
   * @throws DockerError `DOCKER_NOT_FOUND` when it or its network does not exist, `DOCKER_PORT_IN_USE`,
   * `DOCKER_BAD_REQUEST` when the command or a mount cannot work.
   */
  start(id: string, options?: CallOptions): Promise<void>;
  /**
   * Asks it to stop, and after the grace period kills it; resolves when it has stopped. One that does not run or
   * does not exist is no error. Default deadline: grace period + 30 s.
   */
  stop(id: string, options?: StopOptions): Promise<void>;
  /**
   * Sends a signal (default `SIGKILL`) to process 1; does not wait for the end. One that does not run or does not
   * exist is no error. Default deadline: the client's `changeTimeoutMs`.
   */
  kill(id: string, signal?: string, options?: CallOptions): Promise<void>;
  /**
   * Removes it; resolves when it is gone. One that does not exist is no error. Default deadline: the client's
   * `changeTimeoutMs`.
   *
   * @throws DockerError `DOCKER_CONFLICT` when it runs and `force` is not set.
   */
  remove(id: string, options?: RemoveContainerOptions): Promise<void>;
  /**
   * Waits until it does not run; one that has exited, or was never started (exit code 0), resolves at once. No
   * default deadline.
   *
   * @throws DockerError `DOCKER_NOT_FOUND`.
   */
  wait(id: string, options?: CallOptions): Promise<ContainerExit>;
  /**
   * Its output, line by line, in the order the engine gives it. Ends when the container does if `follow` is set, else
   * at the end of what there is. Breaking out of the loop ends the request. `timeoutMs` bounds only the time to the
   * engine's answer (default: the client's `timeoutMs`).
   *
   * @throws DockerError `DOCKER_NOT_FOUND`; `DOCKER_SERVER_ERROR` or `DOCKER_BAD_REQUEST` when the log driver cannot be read.
   */
  logs(id: string, options?: LogOptions): AsyncIterable<LogLine>;
  /**
   * Runs a command in it and gives what it printed. A command that cannot be started has exit code 126 or 127, as in
   * a shell. Default deadline: 60 s; after a deadline or an abort the command itself runs on, as Docker cannot end it.
   *
   * @throws DockerError `DOCKER_NOT_FOUND`; `DOCKER_CONFLICT` when the container does not run.
   */
  exec(id: string, spec: ExecSpec, options?: ExecOptions): Promise<ExecResult>;
  /**
   * Reads a file of at most 4 MiB out of a container, running or not; undefined when the container has no regular file
   * there. Default deadline: the client's `timeoutMs`.
   */
  readFile(id: string, path: string, options?: CallOptions): Promise<Buffer | undefined>;
}

/** Which containers to list. */
export interface ContainerListOptions extends CallOptions {
  /** Only those with all these labels; `true` for any value. */
  readonly labels?: Readonly<Record<string, string | true>>;
  /** Also those that do not run. Default true. */
  readonly all?: boolean;
}

/** How to remove a container. */
export interface RemoveContainerOptions extends CallOptions {
  /** Kill it first when it runs. Default false. */
  readonly force?: boolean;
  /** Also its anonymous volumes; named ones stay. Default false. */
  readonly volumes?: boolean;
}

/** How a container ended. */
export interface ContainerExit {
  readonly exitCode: number;
}

/** The containers of this engine. */
export function createContainers(engine: Engine): Containers {
  return {
    list: (options = {}) => listContainers(engine, options),
    inspect: (id, options) => inspectContainer(engine, id, options),
    create: (spec, options) => createContainer(engine, spec, options),
    start: (id, options) => startContainer(engine, id, options),
    stop: (id, options = {}) => stopContainer(engine, id, options),
    kill: (id, signal = 'SIGKILL', options = {}) => sendSignal(engine, { id, signal }, options),
    remove: (id, options = {}) => removeContainer(engine, id, options),
    wait: (id, options) => waitForContainer(engine, id, options),
    logs: (id, options = {}) => readLogs(engine, id, options),
    exec: (id, spec, options = {}) => runExec(engine, { id, spec }, options),
    readFile: (id, path, options = {}) => readFile(engine, { id, path }, options),
  };
}

async function listContainers(
  engine: Engine,
  options: ContainerListOptions,
): Promise<readonly ContainerSummary[]> {
  const query = { all: options.all ?? true, filters: labelFilter(options.labels) };
  const answer = await engine.read(
    { doing: 'list the containers', method: 'GET', path: '/containers/json', query },
    options,
  );
  return (answer as readonly WireSummary[]).map(parseContainerSummary);
}

async function inspectContainer(
  engine: Engine,
  id: string,
  options?: CallOptions,
): Promise<ContainerDetails> {
  const path = `/containers/${pathSegment(id)}/json`;
  const answer = await engine.read({ doing: `inspect container ${id}`, method: 'GET', path }, options);
  return parseContainerDetails(answer as WireDetails);
}

async function createContainer(engine: Engine, spec: ContainerSpec, options?: CallOptions): Promise<string> {
  const answer = await engine.change(
    {
      doing: `create container ${spec.name} from ${spec.image}`,
      method: 'POST',
      path: '/containers/create',
      query: { name: spec.name },
      body: containerBody(spec),
    },
    options,
  );
  return (answer as { readonly Id: string }).Id;
}

async function startContainer(engine: Engine, id: string, options?: CallOptions): Promise<void> {
  const path = `/containers/${pathSegment(id)}/start`;
  await engine.change({ doing: `start container ${id}`, method: 'POST', path }, options);
}

async function removeContainer(engine: Engine, id: string, options: RemoveContainerOptions): Promise<void> {
  const { force = false, volumes = false } = options;
  const doing = `remove container ${id}`;
  const path = `/containers/${pathSegment(id)}`;
  const bounds = bounded(options, engine.deadlines.changeTimeoutMs);
  await ignoringAbsence(
    engine.within(doing, bounds, async ({ signal }) => {
      try {
        await engine.request({ doing, method: 'DELETE', path, query: { force, v: volumes } }, { signal });
      } catch (error) {
        if (!isBeingRemoved(error)) throw error;
        const query = { condition: 'removed' };
        await engine.request({ doing, method: 'POST', path: `${path}/wait`, query, long: true }, { signal });
      }
    }),
  );
}

/** Somebody else removes it just now: the outcome is the same, only later. */
function isBeingRemoved(error: unknown): boolean {
  return (
    isDockerError(error) && error.code === 'DOCKER_CONFLICT' && error.message.includes('already in progress')
  );
}

async function waitForContainer(
  engine: Engine,
  id: string,
  options: CallOptions = {},
): Promise<ContainerExit> {
  const path = `/containers/${pathSegment(id)}/wait`;
  const request = { doing: `wait for container ${id}`, method: 'POST', path, long: true } as const;
  const answer = await engine.request(request, options);
  return { exitCode: (answer as { readonly StatusCode: number }).StatusCode };
}
