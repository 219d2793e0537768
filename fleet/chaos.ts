import { cp, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { runCommand } from './command-line.js';
import { CHAOS_USAGE, readChaosOptions } from './chaos/options.js';
import { CHAOS_ENVIRONMENT } from './chaos/operations.js';
import { brokenPromises, renderChaos } from './chaos/render.js';
import { runChaos } from './chaos/run-chaos.js';
import { Fleet } from './harness/fleet.js';

import type { ChaosCommand } from './chaos/options.js';

await runCommand({ usage: CHAOS_USAGE, read: readChaosOptions, run });

async function run({ seed, durationMs, events, environment, gossip, logs }: ChaosCommand): Promise<void> {
  const fleet = await Fleet.create({
    hosts: 3,
    gossip,
    agent: { environment: { ...CHAOS_ENVIRONMENT, ...environment } },
    log,
  });
  const interrupt = (): void => {
    log('\nInterrupted: everything is removed.');
    void fleet.close().finally(() => process.exit(130));
  };
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt).on('SIGHUP', interrupt);
  try {
    log(`Chaos with seed ${seed}, for ${durationMs / 60_000} min…`);
    const result = await runChaos(fleet, { seed, durationMs, events, log });
    log(`\nSeed ${seed}, ${durationMs / 60_000} min, three hosts. ${renderChaos(result)}`);
    if (brokenPromises(result).length > 0) process.exitCode = 1;
  } finally {
    if (logs !== undefined) await keepLogs(fleet, logs);
    await fleet.close();
  }
}

/** What is needed to find out why: what every program wrote, and what the recorder saw. */
async function keepLogs(fleet: Fleet, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const name of await readdir(fleet.folder, { recursive: true }))
    if (name.endsWith('.log') && !name.includes('docker/'))
      await cp(join(fleet.folder, name), join(folder, name.replaceAll('/', '-')));
  await writeFile(join(folder, 'recording.json'), JSON.stringify(fleet.recorder.observations, undefined, 1));
}

function log(line: string): void {
  process.stdout.write(`${line}\n`);
}
