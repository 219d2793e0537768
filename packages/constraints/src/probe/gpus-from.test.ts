import { describe, expect, it } from 'vitest';
import { gpusFrom } from './gpus-from.js';
import type { GraphicsController } from './gpus-from.js';

/** Two A100 of a server, as systeminformation merges lspci with `nvidia-smi --query-gpu=…,memory.total,… --format=csv,noheader,nounits`. */
const nvidia = ['07', '0f'].map((bus) => ({
  vendor: 'NVIDIA Corporation',
  model: 'GA100 [A100 SXM4 40GB]',
  bus: 'Onboard',
  busAddress: `${bus}:00.0`,
  vram: 40960,
  vramDynamic: false,
  driverVersion: '525.85.12',
  subDeviceId: '0x144E10DE',
  name: 'NVIDIA A100-SXM4-40GB',
  pciBus: `00000000:${bus.toUpperCase()}:00.0`,
  memoryTotal: 40960,
  memoryUsed: 0,
  memoryFree: 40536,
  utilizationGpu: 0,
}));

describe('gpusFrom', () => {
  it('turns the MiB of nvidia-smi into bytes, and one device into one id', () => {
    expect(gpusFrom(nvidia)).toEqual([
      { id: '0000:07:00.0', vendor: 'nvidia', model: 'NVIDIA A100-SXM4-40GB', vramBytes: 42_949_672_960 },
      { id: '0000:0f:00.0', vendor: 'nvidia', model: 'NVIDIA A100-SXM4-40GB', vramBytes: 42_949_672_960 },
    ]);
  });

  it('believes the vendor tool rather than lspci, which sees a window of the memory', () => {
    expect(gpusFrom([{ ...nvidia[0], vram: 256 }])[0]?.vramBytes).toBe(42_949_672_960);
  });

  it('reads lspci alone: AMD and NVIDIA without a driver', () => {
    expect(
      gpusFrom([
        {
          vendor: 'Advanced Micro Devices, Inc. [AMD/ATI]',
          model: 'Navi 21 [Radeon RX 6800]',
          busAddress: '0a:00.0',
          vram: 16384,
          vramDynamic: false,
        },
        {
          vendor: 'NVIDIA Corporation',
          model: 'TU104GL [Tesla T4]',
          busAddress: '10000:01:00.0',
          vram: null,
          vramDynamic: false,
        },
      ]),
    ).toEqual([
      { id: '0000:0a:00.0', vendor: 'amd', model: 'Navi 21 [Radeon RX 6800]', vramBytes: 17_179_869_184 },
      { id: '10000:01:00.0', vendor: 'nvidia', model: 'TU104GL [Tesla T4]', vramBytes: 0 },
    ]);
  });

  it('counts no memory that is borrowed from the system', () => {
    expect(
      gpusFrom([
        { vendor: 'Intel', model: 'Intel Iris Plus Graphics 655', vram: 1536, vramDynamic: true },
        { vendor: 'Apple', model: 'Apple M1', vram: null, vramDynamic: true },
        {
          vendor: 'NVIDIA',
          model: 'NVIDIA GeForce RTX 3070',
          vram: 8192,
          vramDynamic: true,
          memoryTotal: 8192,
        },
      ]),
    ).toEqual([
      { id: 'gpu0', vendor: 'intel', model: 'Intel Iris Plus Graphics 655', vramBytes: 0 },
      { id: 'gpu1', vendor: 'apple', model: 'Apple M1', vramBytes: 0 },
      { id: 'gpu2', vendor: 'nvidia', model: 'NVIDIA GeForce RTX 3070', vramBytes: 8_589_934_592 },
    ]);
  });

  it('leaves out what only drives a screen', () => {
    const screens: GraphicsController[] = [
      { vendor: 'ASPEED Technology, Inc.', model: 'ASPEED Graphics Family', busAddress: '03:00.0', vram: 16 },
      { vendor: 'Matrox Electronics Systems Ltd.', model: 'G200eR2', vram: 16 },
      { vendor: '', model: 'Cirrus Logic GD 5446', vram: 32 },
      { vendor: 'VMware', model: 'SVGA II Adapter', vram: 128 },
      { vendor: 'Red Hat, Inc.', model: 'QXL paravirtual graphic card', vram: 64 },
      { vendor: 'Microsoft Corporation', model: 'Hyper-V virtual VGA' },
      { vendor: '', model: '', vram: null },
      {},
    ];
    expect(gpusFrom([...screens, ...nvidia])).toHaveLength(2);
    expect(gpusFrom(screens)).toEqual([]);
  });

  it.each([NaN, Infinity, -1, 0, undefined, null])('takes a memory of %s for unknown', (vram) => {
    expect(gpusFrom([{ vendor: 'Intel', model: 'Arc', vram }])[0]?.vramBytes).toBe(0);
  });

  it('gives every device an id of its own, even where addresses repeat', () => {
    const twice = [...nvidia, ...nvidia, { vendor: 'Intel', model: 'Arc', busAddress: 'PCI 3' }];
    expect(new Set(gpusFrom(twice).map(({ id }) => id)).size).toBe(5);
  });

  it('names an unknown maker in lower case', () => {
    expect(gpusFrom([{ vendor: 'Moore Threads', model: 'S80', vram: 16384 }])[0]).toMatchObject({
      vendor: 'moore threads',
    });
    expect(gpusFrom([{ vendor: '', model: 'NVIDIA T4' }])[0]).toMatchObject({ vendor: 'nvidia' });
  });
});
