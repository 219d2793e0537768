import { runCommand } from '../fleet/command-line.js';
import { Fleet } from '../fleet/harness/fleet.js';
import { CLUSTER_USAGE, readClusterOptions } from './cluster/options.js';
import { ClusterRuns } from './cluster/cluster-runs.js';
import { clusterSection } from './cluster/cluster-section.js';
import { writeDocument } from './report/document.js';
import { machineLine } from './report/machine.js';
import { renderSection } from './report/section.js';

import type { ClusterBenchOptions } from './cluster/options.js';

await runCommand({ usage: CLUSTER_USAGE, read: readClusterOptions, run });

async function run({ runs, write }: ClusterBenchOptions): Promise<void> {
  const fleet = await Fleet.create({ hosts: 3, log });
  const interrupt = (): void => {
    log('Interrupted; everything is taken back.');
    void fleet.close().finally(() => process.exit(130));
  };
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt).on('SIGHUP', interrupt);
  try {
    const machine = await machineLine({ docker: fleet.host('host-1').docker });
    const section = clusterSection(await new ClusterRuns(fleet, log).measure(runs));
    process.stdout.write(`\n${renderSection(section, machine)}\n\n`);
    if (write) log(`Written to ${await writeDocument([section], machine)}`);
  } finally {
    await fleet.close();
  }
}

function log(line: string): void {
  process.stderr.write(`${line}\n`);
}
