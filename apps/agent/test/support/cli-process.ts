import { spawn } from 'node:child_process';
import { once } from 'node:events';

import { programOf, ROOT } from './program.js';

import type { TestHost } from './test-host.js';

/** How a run of the command line ended. */
export interface CliResult {
  readonly code: number | null;
  readonly output: string;
}

/** What a run of the command line is given. */
export interface CliInput {
  readonly stdin?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Runs `raftainer` as a process of its own against a host's Consul. */
export async function raftainer(
  host: TestHost,
  argv: readonly string[],
  { stdin = '', environment = {} }: CliInput = {},
): Promise<CliResult> {
  const child = spawn(process.execPath, [...programOf('cli'), ...argv], {
    cwd: ROOT,
    env: {
      ...process.env,
      RAFTAINER_CONSUL_HOST: '127.0.0.1',
      RAFTAINER_CONSUL_PORT: String(host.consulPort),
      ...environment,
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  child.stdin.end(stdin);
  await once(child, 'close');
  return { code: child.exitCode, output };
}
