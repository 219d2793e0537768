import { appendFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { Guard } from './guard/guard.js';

/** Its own log, because whoever reads the agent's may end with it. */
const LOG_FILE = 'guard.log';
const MAX_LOG_BYTES = 1_000_000;

process.title = 'raftainer-guard';
// It has to outlive the agent's terminal, and end only when there is nothing left to guard.
for (const signal of ['SIGINT', 'SIGHUP', 'SIGTERM'] as const) process.on(signal, () => undefined);

const [stateDir, version = ''] = process.argv.slice(2);
if (stateDir === undefined) {
  process.stderr.write('raftainer-guard: it is started by the agent, with its state directory\n');
  process.exit(2);
}

function log(level: 'info' | 'warn' | 'error', message: string, context: object = {}): void {
  const line = { level, time: new Date().toISOString(), name: 'raftainer-guard', ...context, msg: message };
  const file = join(stateDir ?? '', LOG_FILE);
  try {
    if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > MAX_LOG_BYTES) renameSync(file, `${file}.1`);
    appendFileSync(file, `${JSON.stringify(line)}\n`, { mode: 0o600 });
  } catch {
    // A full disk must not keep the guard from guarding.
  }
}

try {
  log('info', 'The guard starts', { pid: process.pid, version });
  await new Guard({ stateDir, environment: process.env, version, log }).run();
  log('info', 'The guard ends: there is nothing to guard');
} catch (error: unknown) {
  log('error', 'The guard cannot go on', { error: String(error) });
  process.exitCode = 1;
}
