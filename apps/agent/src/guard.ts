import { appendFileSync, renameSync, statSync } from 'node:fs';

import { Guard } from './guard/guard.js';
import { GUARD_NAMES, guardFiles } from './guard/protocol.js';
import { standOut } from './guard/stand-out.js';

const MAX_LOG_BYTES = 1_000_000;

// It has to outlive the agent's terminal, and end only when there is nothing left to guard.
for (const signal of ['SIGINT', 'SIGHUP', 'SIGTERM'] as const) process.on(signal, () => undefined);

const [stateDir, wanted, version = ''] = process.argv.slice(2);
const name = GUARD_NAMES.find((each) => each === wanted);
if (stateDir === undefined || name === undefined) {
  process.stderr.write('raftainer-guard: it is started by the agent, with its state directory and a name\n');
  process.exit(2);
}
process.title = `raftainer-${name}`;
const files = guardFiles(stateDir, name);

function log(level: 'info' | 'warn' | 'error', message: string, context: object = {}): void {
  const line = { level, time: new Date().toISOString(), name: `raftainer-${name}`, ...context, msg: message };
  try {
    if ((statSync(files.log, { throwIfNoEntry: false })?.size ?? 0) > MAX_LOG_BYTES)
      renameSync(files.log, `${files.log}.1`);
    appendFileSync(files.log, `${JSON.stringify(line)}\n`, { mode: 0o600 });
  } catch {
    // A full disk must not keep the guard from guarding.
  }
}

const lacks = standOut();
try {
  log('info', 'The guard starts', { pid: process.pid, version });
  for (const lack of lacks) log('warn', `The guard does not stand out: ${lack}`);
  await new Guard({ files, environment: process.env, version, lacks, log }).run();
  log('info', 'The guard ends: there is nothing to guard');
} catch (error: unknown) {
  log('error', 'The guard cannot go on', { error: String(error) });
  process.exit(1);
}
// Whatever may still be under way: it acts for somebody else, and its time is over.
process.exit(0);
