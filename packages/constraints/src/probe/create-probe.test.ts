import { describe, expect, it } from 'vitest';
import { GIB } from '../../test/hosts.js';
import { isConstraintsError } from '../constraints-error.js';
import { createProbe } from './create-probe.js';
import type { Probe, ProbeOptions } from './create-probe.js';
import type { HardwareSource } from './hardware-source.js';

interface Bench {
  readonly probe: Probe;
  readonly reads: Record<string, number>;
  /** Parts that fail while they are in here. */
  readonly broken: Set<string>;
  readonly failures: string[];
  readonly clock: { now: number };
}

/** A probe over a machine whose parts can be broken and whose readings are counted. */
function bench(options: ProbeOptions = {}): Bench {
  const reads: Record<string, number> = {};
  const broken = new Set<string>();
  const clock = { now: 0 };
  const failures: string[] = [];
  const read = async <T>(part: string, value: T): Promise<T> => {
    reads[part] = (reads[part] ?? 0) + 1;
    await Promise.resolve();
    if (broken.has(part)) throw new Error(`${part} is broken`);
    return value;
  };
  const source: HardwareSource = {
    cpu: () => read('cpu', { cores: 4, architecture: 'amd64' }),
    memory: () => read('memory', { totalBytes: 8 * GIB }),
    disk: (path) => read('disk', { totalBytes: path === '/data' ? 200 * GIB : 100 * GIB, freeBytes: GIB }),
    distribution: () => read('distribution', { name: 'Debian GNU/Linux', version: '12' }),
    graphics: () =>
      read('graphics', [
        { vendor: 'NVIDIA Corporation', model: 'T4', busAddress: '01:00.0', memoryTotal: 15360 },
      ]),
  };
  const probe = createProbe({
    source,
    clock: () => clock.now,
    refreshAfterMs: 1_000,
    onPartFailure: (part) => failures.push(part),
    ...options,
  });
  return { probe, reads, broken, failures, clock };
}

async function rejectionOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => expect.unreachable(),
    (error: unknown) => error,
  );
}

describe('facts', () => {
  it('are put together from the parts and what the operator says', async () => {
    const { probe } = bench({ hostname: 'host-1', region: 'eu', labels: { zone: 'a' }, diskPath: '/data' });
    expect(await probe.facts()).toMatchObject({
      hostname: 'host-1',
      region: 'eu',
      labels: { zone: 'a' },
      cpu: { cores: 4, architecture: 'amd64' },
      memory: { totalBytes: 8 * GIB },
      disk: { totalBytes: 200 * GIB, freeBytes: GIB },
      os: { platform: process.platform, distribution: 'Debian GNU/Linux', version: '12' },
      gpus: [{ id: '0000:01:00.0', vramBytes: 15 * GIB }],
    });
  });

  it('are read once, and only memory and disk again when they are old', async () => {
    const { probe, reads, clock } = bench();
    expect(reads).toEqual({});
    await probe.facts();
    clock.now = 999;
    await probe.facts();
    expect(reads).toEqual({ cpu: 1, memory: 1, disk: 1, distribution: 1, graphics: 1 });
    clock.now = 1_000;
    await probe.facts();
    expect(reads).toEqual({ cpu: 1, memory: 2, disk: 2, distribution: 1, graphics: 1 });
  });

  it('are read once for all who ask at the same time', async () => {
    const { probe, reads } = bench();
    const all = await Promise.all(Array.from({ length: 20 }, () => probe.facts()));
    expect(reads.cpu).toBe(1);
    expect(new Set(all).size).toBe(1);
  });
});

describe('a part that fails', () => {
  it('is left out when the facts can do without it, reported, and tried again later', async () => {
    const { probe, broken, failures, reads, clock } = bench();
    broken.add('graphics').add('distribution');
    const facts = await probe.facts();
    expect([facts.gpus, facts.os]).toEqual([[], { platform: process.platform }]);
    expect(failures.sort()).toEqual(['distribution', 'gpus']);
    broken.clear();
    await probe.facts();
    expect(reads.graphics).toBe(1);
    clock.now = 1_000;
    expect((await probe.facts()).gpus).toHaveLength(1);
  });

  it.each(['cpu', 'memory', 'disk'])(
    'fails all when it is essential: %s; the next call tries again',
    async (part) => {
      const { probe, broken } = bench();
      broken.add(part);
      const error = await rejectionOf(probe.facts());
      expect(error).toSatisfy(isConstraintsError);
      expect(error).toMatchObject({
        code: 'CONSTRAINTS_PROBE_FAILED',
        retryable: true,
        cause: { message: `${part} is broken` },
      });
      expect((error as Error).message).toContain(`${part} is broken`);
      broken.clear();
      expect((await probe.facts()).cpu.cores).toBe(4);
    },
  );

  it('keeps its last value', async () => {
    const { probe, broken, failures, clock } = bench();
    await probe.facts();
    broken.add('disk');
    clock.now = 1_000;
    expect((await probe.facts()).disk.totalBytes).toBe(100 * GIB);
    expect(failures).toEqual(['disk']);
  });

  it('includes a machine that reports no cores or no memory', async () => {
    const zero: HardwareSource = {
      cpu: () => Promise.resolve({ cores: 0, architecture: 'amd64' }),
      memory: () => Promise.resolve({ totalBytes: GIB }),
      disk: () => Promise.resolve({ totalBytes: GIB }),
      distribution: () => Promise.resolve({}),
      graphics: () => Promise.resolve([]),
    };
    expect(await rejectionOf(createProbe({ source: zero }).facts())).toMatchObject({
      code: 'CONSTRAINTS_PROBE_FAILED',
    });
    const noMemory = {
      ...zero,
      cpu: () => Promise.resolve({ cores: 1, architecture: 'x' }),
      memory: () => Promise.resolve({ totalBytes: 0 }),
    };
    expect(await rejectionOf(createProbe({ source: noMemory }).facts())).toMatchObject({
      code: 'CONSTRAINTS_PROBE_FAILED',
    });
  });

  it('names the path when the disk is not there', async () => {
    const error = await rejectionOf(createProbe({ diskPath: '/no/such/path' }).facts());
    expect((error as Error).message).toContain('disk at /no/such/path: ENOENT');
  });
});

describe('waiting', () => {
  const never: Partial<HardwareSource> = { cpu: () => new Promise<never>(() => undefined) };
  const hanging = (): Probe =>
    createProbe({
      source: {
        cpu: never.cpu!,
        memory: () => Promise.resolve({ totalBytes: GIB }),
        disk: () => Promise.resolve({ totalBytes: GIB }),
        distribution: () => Promise.resolve({}),
        graphics: () => Promise.resolve([]),
      },
    });

  it('ends at the deadline', async () => {
    expect(await rejectionOf(hanging().facts({ timeoutMs: 5 }))).toMatchObject({
      code: 'CONSTRAINTS_PROBE_TIMEOUT',
    });
  });

  it('ends with the signal, before and during the call', async () => {
    const controller = new AbortController();
    const waiting = rejectionOf(hanging().facts({ signal: controller.signal }));
    controller.abort(new Error('enough'));
    const aborted = { code: 'CONSTRAINTS_PROBE_ABORTED', retryable: false, cause: { message: 'enough' } };
    expect(await waiting).toMatchObject(aborted);
    expect(await rejectionOf(hanging().facts({ signal: controller.signal }))).toMatchObject(aborted);
  });

  it('of one who leaves does not disturb the others', async () => {
    const { probe, reads } = bench();
    const controller = new AbortController();
    const [left, stayed] = [rejectionOf(probe.facts({ signal: controller.signal })), probe.facts()];
    controller.abort();
    expect(await left).toMatchObject({ code: 'CONSTRAINTS_PROBE_ABORTED' });
    expect((await stayed).cpu.cores).toBe(4);
    expect(reads.cpu).toBe(1);
  });
});
