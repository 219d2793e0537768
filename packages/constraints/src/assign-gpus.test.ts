import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GIB, largeGpu, muteGpu, smallGpu } from '../test/hosts.js';
import { assignGpus } from './assign-gpus.js';
import type { Gpu } from './host-facts.js';

const all = [largeGpu, muteGpu, smallGpu];

describe('assignGpus', () => {
  it('takes the smallest that fits, so that large ones stay for those who need them', () => {
    expect(assignGpus({ count: 1, minVramBytes: 8 * GIB }, all)).toEqual([smallGpu.id]);
    expect(assignGpus({ count: 1, minVramBytes: 24 * GIB }, all)).toEqual([largeGpu.id]);
    expect(assignGpus({ count: 2, minVramBytes: 8 * GIB }, all)).toEqual([smallGpu.id, largeGpu.id]);
  });

  it('compares bytes with bytes: 16 GiB are exactly enough for 16 GiB', () => {
    expect(assignGpus({ count: 1, minVramBytes: 16 * GIB }, [smallGpu])).toEqual([smallGpu.id]);
    expect(assignGpus({ count: 1, minVramBytes: 16 * GIB + 1 }, [smallGpu])).toBeUndefined();
    expect(assignGpus({ count: 1, minVramBytes: 1 }, [muteGpu])).toBeUndefined();
  });

  it('leaves out what is taken and what is of another model', () => {
    expect(assignGpus({ count: 1 }, all, [muteGpu.id, smallGpu.id])).toEqual([largeGpu.id]);
    expect(assignGpus({ count: 1, model: 'a100' }, all)).toEqual([largeGpu.id]);
    expect(assignGpus({ count: 1, model: 'H100' }, all)).toBeUndefined();
  });

  it.each([0.5, -1, NaN, Infinity])('assigns nothing for the count %d', (count) => {
    expect(assignGpus({ count }, all)).toBeUndefined();
  });

  it('assigns none for none', () => {
    expect(assignGpus({ count: 0 }, [])).toEqual([]);
  });
});

const gpu: fc.Arbitrary<Gpu> = fc.record({
  id: fc.stringMatching(/^[a-f0-9]{1,2}$/),
  vendor: fc.constant('nvidia'),
  model: fc.constantFrom('T4', 'A100', 'a100 PCIe'),
  vramBytes: fc.constantFrom(0, 16 * GIB, 40 * GIB, 80 * GIB),
});
const request = fc.record(
  {
    count: fc.nat(4),
    minVramBytes: fc.constantFrom(0, 16 * GIB, 41 * GIB),
    model: fc.constantFrom('A100', 't4'),
  },
  { requiredKeys: ['count'] },
);
const gpus = fc.uniqueArray(gpu, { selector: ({ id }) => id, maxLength: 8 });
const taken = fc.array(fc.stringMatching(/^[a-f0-9]{1,2}$/), { maxLength: 4 });

describe('whatever the hardware', () => {
  it('assigns exactly the count, of free fitting devices, and the smallest of them', () => {
    fc.assert(
      fc.property(request, gpus, taken, (wanted, devices, gone) => {
        const fitting = devices.filter(
          (device) =>
            !gone.includes(device.id) &&
            device.vramBytes >= (wanted.minVramBytes ?? 0) &&
            device.model.toLowerCase().includes((wanted.model ?? '').toLowerCase()),
        );
        const ids = assignGpus(wanted, devices, gone);
        if (ids === undefined) {
          expect(fitting.length).toBeLessThan(wanted.count);
          return;
        }
        expect(new Set(ids).size).toBe(wanted.count);
        const chosen = fitting.filter(({ id }) => ids.includes(id));
        const others = fitting.filter(({ id }) => !ids.includes(id));
        expect(chosen).toHaveLength(wanted.count);
        const largest = Math.max(0, ...chosen.map(({ vramBytes }) => vramBytes));
        expect(others.every(({ vramBytes }) => vramBytes >= largest)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('does not depend on the order in which devices are listed', () => {
    const shuffled = gpus.chain((devices) =>
      fc.tuple(fc.constant(devices), fc.shuffledSubarray(devices, { minLength: devices.length })),
    );
    fc.assert(
      fc.property(request, shuffled, taken, (wanted, [devices, other], gone) => {
        expect(assignGpus(wanted, other, gone)).toEqual(assignGpus(wanted, devices, gone));
      }),
    );
  });

  it('gives no device twice when requests follow each other', () => {
    fc.assert(
      fc.property(fc.array(request, { maxLength: 6 }), gpus, (requests, devices) => {
        const gone: string[] = [];
        for (const wanted of requests) gone.push(...(assignGpus(wanted, devices, gone) ?? []));
        expect(new Set(gone).size).toBe(gone.length);
      }),
    );
  });
});
