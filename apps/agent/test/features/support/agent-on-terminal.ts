import { spawn } from 'node:child_process';
import { once } from 'node:events';

import { programOf, ROOT } from '../../support/program.js';

import type { TestHost } from '../../support/test-host.js';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';

/** The agent of a host on a terminal of its own, made by script(1); what is typed there reaches it as keys do. */
export class AgentOnTerminal {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #exit: Promise<unknown[]>;
  output = '';

  constructor(host: TestHost) {
    const { PATH = '', HOME = '', DOCKER_HOST } = process.env;
    const command = `exec '${process.execPath}' ${programOf('agent')
      .map((argument) => `'${argument}'`)
      .join(' ')}`;
    this.#child = spawn('script', ['--quiet', '--return', '--command', command, '/dev/null'], {
      cwd: ROOT,
      env: {
        ...{ PATH, HOME, SHELL: '/bin/sh', TERM: 'dumb', LOG_FORMAT: 'json' },
        ...(DOCKER_HOST === undefined ? {} : { DOCKER_HOST }),
        HOSTNAME: host.name,
        RAFTAINER_STATE_DIR: host.stateDir,
        RAFTAINER_CONSUL_HOST: '127.0.0.1',
        RAFTAINER_CONSUL_PORT: String(host.consulPort),
      },
    });
    this.#child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.output += text;
    });
    this.#exit = once(this.#child, 'exit');
  }

  /** Presses Ctrl-C. */
  interrupt(): void {
    this.#child.stdin.write('\u0003');
  }

  /** Waits until it has ended by itself; resolves with the exit code. */
  async exited(): Promise<number | null> {
    await this.#exit;
    return this.#child.exitCode;
  }

  /** Ends it whatever it does. */
  async close(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#exit;
  }
}
