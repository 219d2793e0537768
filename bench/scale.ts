import { cpus, loadavg, totalmem } from 'node:os';
import { parseArgs } from 'node:util';

import { writeDocument } from './report/document.js';
import { renderSection } from './report/section.js';
import { measureScale } from './scale/measure-scale.js';
import { scaleSection } from './scale/scale-section.js';
import { SimulatedFleet } from './scale/simulated-fleet.js';

import type { ScaleOptions } from './scale/measure-scale.js';

const USAGE = `npm run bench:scale -- [options]

  --hosts N         hosts, all in this process (default 200)
  --slots N         slots of all pods together (default 5000)
  --instances N     slots of one pod (default 10)
  --rest SECONDS    how long to watch the settled fleet (default 30)
  --timeout SECONDS give up on settling (default 1800)
  --write           put the tables into docs/benchmarks.md
  --help`;

interface Asked extends ScaleOptions {
  readonly write: boolean;
}

function readOptions(args: readonly string[]): Asked | undefined {
  const text = (value: string): { readonly type: 'string'; readonly default: string } => ({
    type: 'string',
    default: value,
  });
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...{ hosts: text('200'), slots: text('5000'), instances: text('10') },
      ...{ rest: text('30'), timeout: text('1800') },
      write: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  return {
    hosts: count('--hosts', values.hosts),
    slots: count('--slots', values.slots),
    instances: count('--instances', values.instances),
    restMs: 1_000 * count('--rest', values.rest),
    timeoutMs: 1_000 * count('--timeout', values.timeout),
    write: values.write,
    log: (line) => process.stderr.write(`${line}\n`),
  };
}

function count(flag: string, text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1 && number <= 1_000_000) return number;
  throw new Error(`${flag}: ${JSON.stringify(text)} is no whole number from 1.\n\n${USAGE}`);
}

function machineLine(): string {
  return [
    new Date().toISOString().slice(0, 10),
    `${cpus().length} cores (${cpus()[0]?.model.trim() ?? 'unknown'})`,
    `${(totalmem() / 2 ** 30).toFixed(1)} GiB`,
    `Node ${process.versions.node}`,
    'embedded Consul',
    `load before ${(loadavg()[0] ?? 0).toFixed(1)}`,
  ].join(' · ');
}

async function run(options: Asked): Promise<void> {
  const machine = machineLine();
  const fleet = await SimulatedFleet.create();
  try {
    const section = scaleSection(await measureScale(fleet, options), options);
    process.stdout.write(`\n${renderSection(section, machine)}\n\n`);
    if (options.write) options.log(`Written to ${await writeDocument([section], machine)}`);
  } finally {
    await fleet.close();
  }
}

const options = readOptions(process.argv.slice(2));
if (options === undefined) process.stdout.write(`${USAGE}\n`);
else await run(options);
