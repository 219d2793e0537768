import { setMaxListeners } from 'node:events';

import { Cleanup } from './harness/cleanup.js';
import { prepareGround } from './harness/ground.js';
import { readOptions, USAGE } from './options.js';
import { writeDocument } from './report/document.js';
import { machineLine } from './report/machine.js';
import { renderSection } from './report/section.js';
import { measureDeploy } from './sections/deploy.js';
import { measureIdle } from './sections/idle.js';
import { measureReact } from './sections/react.js';
import { measureSecrets } from './sections/secrets.js';

import type { Ground } from './harness/ground.js';
import type { BenchOptions, SectionName } from './options.js';
import type { Section } from './report/section.js';

/** The parts, in the order in which they run. Each takes back what it made before the next begins. */
const PARTS: Readonly<Record<SectionName, (ground: Ground) => Promise<Section>>> = {
  deploy: measureDeploy,
  react: measureReact,
  idle: measureIdle,
  secrets: measureSecrets,
};

function onCleanupError(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
}

async function measure(ground: Ground): Promise<void> {
  const machine = await machineLine(ground);
  const sections: Section[] = [];
  for (const name of ground.options.only) {
    const cleanup = new Cleanup();
    try {
      ground.log(`Measuring: ${name}`);
      const section = await PARTS[name]({ ...ground, cleanup });
      sections.push(section);
      process.stdout.write(`\n${renderSection(section, machine)}\n\n`);
    } finally {
      await cleanup.run(onCleanupError);
    }
  }
  if (ground.options.write) ground.log(`Written to ${await writeDocument(sections, machine)}`);
}

async function run(options: BenchOptions): Promise<void> {
  const interruption = new AbortController();
  setMaxListeners(10_000, interruption.signal);
  const interrupt = (): void => {
    interruption.abort(new Error('Interrupted; everything is taken back.'));
  };
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt).on('SIGHUP', interrupt);
  // Who reads went away (`| head`): nobody is left to measure for, but everything is still taken back.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', interrupt);
  const ground = await prepareGround(options, interruption.signal);
  try {
    await measure(ground);
  } catch (error: unknown) {
    if (!interruption.signal.aborted) throw error;
    process.exitCode = 130;
  } finally {
    await ground.cleanup.run(onCleanupError);
  }
}

const options = readOptions(process.argv.slice(2));
if (options === undefined) process.stdout.write(`${USAGE}\n`);
else await run(options);
