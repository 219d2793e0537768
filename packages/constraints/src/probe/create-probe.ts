import os from 'node:os';
import { ConstraintsError } from '../constraints-error.js';
import type { CpuFacts, DiskFacts, Gpu, HostFacts, MemoryFacts } from '../host-facts.js';
import { Fact } from './fact.js';
import type { Known } from './fact.js';
import { gpusFrom } from './gpus-from.js';
import { thisMachine } from './hardware-source.js';
import type { Distribution, HardwareSource } from './hardware-source.js';
import { within } from './within.js';
import type { CallOptions } from './within.js';

/** What to probe and how often. */
export interface ProbeOptions {
  /** Default: the operating system's. */
  readonly hostname?: string | undefined;
  readonly region?: string | undefined;
  /** Default: none. */
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** A path on the file system that containers live on. Default `/`. */
  readonly diskPath?: string | undefined;
  /** Age from which memory and disk are read again, and failed parts tried again. Default 30 s. */
  readonly refreshAfterMs?: number | undefined;
  /** The time in milliseconds, from any origin. Default `performance.now`. */
  readonly clock?: (() => number) | undefined;
  /** Told when a part could not be read and the facts do without it, or with its last value. */
  readonly onPartFailure?: ((part: string, error: unknown) => void) | undefined;
  /** Default: this machine. */
  readonly source?: HardwareSource | undefined;
}

/** Reads the facts of this host. Holds no timer and runs nothing between calls. */
export interface Probe {
  /**
   * The facts; only the first call takes a while (some 100 ms). Calls at the same time share one reading.
   *
   * @throws ConstraintsError `CONSTRAINTS_PROBE_FAILED` when CPU, memory or disk were never read; `CONSTRAINTS_PROBE_TIMEOUT`
   *   after `timeoutMs` (default 15 s); `CONSTRAINTS_PROBE_ABORTED`.
   */
  facts(options?: CallOptions): Promise<HostFacts>;
}

interface Parts {
  readonly cpu: Fact<CpuFacts>;
  readonly memory: Fact<MemoryFacts>;
  readonly disk: Fact<DiskFacts>;
  readonly distribution: Fact<Distribution>;
  readonly gpus: Fact<readonly Gpu[]>;
}

const DEFAULT_REFRESH_AFTER_MS = 30_000;

/** Makes a probe. Nothing is read before the first call of `facts`. */
export function createProbe(options: ProbeOptions = {}): Probe {
  const parts = partsOf(options);
  let reading: Promise<HostFacts> | undefined;
  return {
    facts: (callOptions) => {
      reading ??= gather(parts, options).finally(() => {
        reading = undefined;
      });
      return within(reading, 'host facts', callOptions);
    },
  };
}

function partsOf(options: ProbeOptions): Parts {
  const { refreshAfterMs = DEFAULT_REFRESH_AFTER_MS, source = thisMachine, diskPath = '/' } = options;
  const shared = {
    retryAfterMs: refreshAfterMs,
    clock: options.clock ?? (() => performance.now()),
    onFailure: options.onPartFailure ?? (() => undefined),
  };
  const once = { ...shared, essential: false, maxAgeMs: Infinity };
  const often = { ...shared, essential: true, maxAgeMs: refreshAfterMs };
  return {
    cpu: new Fact({
      ...once,
      essential: true,
      part: 'cpu',
      read: async () => checkedCpu(await source.cpu()),
    }),
    memory: new Fact({ ...often, part: 'memory', read: async () => checkedSize(await source.memory()) }),
    disk: new Fact({ ...often, part: 'disk', read: async () => checkedSize(await source.disk(diskPath)) }),
    distribution: new Fact({ ...once, part: 'distribution', read: () => source.distribution() }),
    gpus: new Fact({ ...once, part: 'gpus', read: async () => gpusFrom(await source.graphics()) }),
  };
}

async function gather(parts: Parts, options: ProbeOptions): Promise<HostFacts> {
  const [cpu, memory, disk, distribution, gpus] = await Promise.all([
    parts.cpu.current(),
    parts.memory.current(),
    parts.disk.current(),
    parts.distribution.current(),
    parts.gpus.current(),
  ]);
  const { name, version } = distribution.value ?? {};
  return {
    hostname: options.hostname ?? os.hostname(),
    cpu: essential('cpu', cpu),
    memory: essential('memory', memory),
    disk: essential(`disk at ${options.diskPath ?? '/'}`, disk),
    os: {
      platform: process.platform,
      ...(name === undefined ? {} : { distribution: name }),
      ...(version === undefined ? {} : { version }),
    },
    kernel: { version: os.release() },
    ...(options.region === undefined ? {} : { region: options.region }),
    labels: options.labels ?? {},
    gpus: gpus.value ?? [],
  };
}

function essential<T>(part: string, known: Known<T>): T {
  if (known.value !== undefined) return known.value;
  const reason = known.error instanceof Error ? known.error.message : String(known.error);
  const message = `Cannot read the facts of this host: ${part}: ${reason}`;
  throw new ConstraintsError('CONSTRAINTS_PROBE_FAILED', message, { cause: known.error });
}

/** A host without cores would refuse every pod and say that it has none. */
function checkedCpu(cpu: CpuFacts): CpuFacts {
  if (cpu.cores > 0) return cpu;
  throw new RangeError(`the operating system reports ${cpu.cores} cores`);
}

function checkedSize<T extends MemoryFacts>(part: T): T {
  if (part.totalBytes > 0) return part;
  throw new RangeError(`the operating system reports a size of ${part.totalBytes} bytes`);
}
