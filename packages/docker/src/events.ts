import { backoffMs } from './backoff.js';
import { bounded } from './engine.js';
import type { Engine, EngineStream } from './engine.js';
import type { DockerError } from './errors.js';
import { jsonLines } from './json-lines.js';
import { failure, toDockerError } from './to-docker-error.js';

/** Which events to watch. */
export interface EventOptions {
  /** Ends the iteration, without an error. */
  readonly signal?: AbortSignal;
  readonly filters?: EventFilters;
  /** How long the engine may take to answer a connection. Default: the client's `timeoutMs`. */
  readonly timeoutMs?: number;
  /** Delay before the first reconnection; it doubles up to `maxDelayMs`, with jitter. Default 100 ms. */
  readonly minDelayMs?: number;
  /** Default 5 s. */
  readonly maxDelayMs?: number;
}

/** Values of one filter are alternatives; the filters all have to hold. */
export interface EventFilters {
  /** Such as `container` and `network`. */
  readonly type?: readonly string[];
  /** `name`, or `name=value`; of labels all have to hold. */
  readonly label?: readonly string[];
  /** Such as `die` and `health_status`. */
  readonly event?: readonly string[];
}

/** What the watcher tells: that it is (again) connected, that it lost the engine, or an event. */
export type DockerEvent = EventsConnected | EventsDisconnected | EngineEvent;

/** From here on nothing is missed; what happened before has to be read. */
export interface EventsConnected {
  readonly kind: 'connected';
}

/** The engine is lost, or could not be reached; the watcher goes on trying. */
export interface EventsDisconnected {
  readonly kind: 'disconnected';
  readonly error: DockerError;
}

/** Something happened to an object of the engine. */
export interface EngineEvent {
  readonly kind: 'event';
  /** Such as `container`. */
  readonly type: string;
  /** Such as `die`, or `health_status: healthy`. */
  readonly action: string;
  readonly id: string;
  /** Empty for objects without a name. */
  readonly name: string;
  /** For a container: its labels, `image`, `name`, and of a `die` the `exitCode`. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Milliseconds since the epoch, by the engine's clock. */
  readonly timeMs: number;
}

const DEFAULT_MIN_DELAY_MS = 100;
const DEFAULT_MAX_DELAY_MS = 5_000;

/** Watches the engine's events; see {@link Docker.events}. */
export async function* watchEvents(engine: Engine, options: EventOptions): AsyncGenerator<DockerEvent> {
  const { minDelayMs = DEFAULT_MIN_DELAY_MS, maxDelayMs = DEFAULT_MAX_DELAY_MS } = options;
  let failures = 0;
  for (;;) {
    let connectedAt = Infinity;
    try {
      const stream = await connect(engine, options);
      connectedAt = performance.now();
      yield* readEvents(stream);
    } catch (error) {
      const lost = toDockerError(error, DOING);
      if (options.signal?.aborted === true || lost.code === 'DOCKER_ABORTED') return;
      // One that is lost as soon as it is made does not count as a recovery, or the delays would never grow.
      if (performance.now() - connectedAt > maxDelayMs) failures = 0;
      // Told once for each loss, not for each attempt.
      if (failures === 0 || connectedAt !== Infinity) yield { kind: 'disconnected', error: lost };
    }
    failures += 1;
    if (!(await engine.pause(backoffMs(failures, { minDelayMs, maxDelayMs }), options.signal))) return;
  }
}

const DOING = 'watch the events';

async function connect(engine: Engine, options: EventOptions): Promise<EngineStream> {
  const query = { filters: options.filters };
  const bounds = bounded(options, engine.deadlines.timeoutMs);
  return engine.open({ doing: DOING, method: 'GET', path: '/events', query }, bounds);
}

/** Ends only by an error: an engine that goes on has no reason to end the stream. */
async function* readEvents(stream: EngineStream): AsyncGenerator<DockerEvent> {
  try {
    yield { kind: 'connected' };
    for await (const line of jsonLines(stream)) yield parseEvent(line as WireEvent);
  } finally {
    stream.close();
  }
  throw failure(DOING, 'DOCKER_UNAVAILABLE', { text: 'the engine ended the stream' });
}

/** A message of `GET /events`, as far as it is used. */
interface WireEvent {
  readonly Type: string;
  readonly Action: string;
  readonly Actor?: {
    readonly ID?: string;
    readonly Attributes?: Readonly<Record<string, string>> | null;
  };
  readonly time?: number;
  readonly timeNano?: number;
}

function parseEvent(wire: WireEvent): EngineEvent {
  const attributes = wire.Actor?.Attributes ?? {};
  return {
    kind: 'event',
    type: wire.Type,
    action: wire.Action,
    id: wire.Actor?.ID ?? '',
    name: attributes.name ?? '',
    attributes,
    timeMs: wire.timeNano === undefined ? (wire.time ?? 0) * 1000 : Math.floor(wire.timeNano / 1e6),
  };
}
