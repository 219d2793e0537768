import { statfs } from 'node:fs/promises';
import os from 'node:os';
import * as systeminformation from 'systeminformation';
import { normaliseArchitecture } from '../architecture.js';
import type { CpuFacts, DiskFacts, MemoryFacts } from '../host-facts.js';
import type { GraphicsController } from './gpus-from.js';

/** Where the probe reads from. Replace it to test against the hardware of others. */
export interface HardwareSource {
  cpu(): Promise<CpuFacts>;
  memory(): Promise<MemoryFacts>;
  /** @param path a path on the file system in question */
  disk(path: string): Promise<DiskFacts>;
  distribution(): Promise<Distribution>;
  graphics(): Promise<readonly GraphicsController[]>;
}

export interface Distribution {
  readonly name?: string;
  readonly version?: string;
}

/** This machine, through systeminformation; the disk through `statfs`, which spawns nothing and takes any path. */
export const thisMachine: HardwareSource = {
  async cpu() {
    const { cores, manufacturer, brand } = await systeminformation.cpu();
    const model = `${manufacturer} ${brand}`.trim();
    return { cores, architecture: normaliseArchitecture(os.machine()), ...(model === '' ? {} : { model }) };
  },
  async memory() {
    const { total } = await systeminformation.mem();
    return { totalBytes: total };
  },
  async disk(path) {
    const { bsize, blocks, bavail } = await statfs(path);
    return { totalBytes: bsize * blocks, freeBytes: bsize * bavail };
  },
  async distribution() {
    const { distro, release } = await systeminformation.osInfo();
    return { ...known('name', distro), ...known('version', release) };
  },
  async graphics() {
    const { controllers } = await systeminformation.graphics();
    return controllers;
  },
};

/** systeminformation says `unknown` or nothing for what it could not find out. */
function known(key: keyof Distribution, value: string): Distribution {
  return value === '' || value === 'unknown' ? {} : { [key]: value };
}
