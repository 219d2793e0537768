/** An agent of its own for the quickstart: its own name, state folder, embedded Consul and Vault; and its command line. */
import { spawn } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './free-port.mjs';
import { capture, ROOT } from './processes.mjs';
import { SetupError } from './setup-error.mjs';

const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 20_000;

/**
 * @typedef {object} LocalAgent
 * @property {number} consulPort of its embedded Consul, on loopback
 * @property {(path: string, data: Record<string, string>) => Promise<void>} putSecret writes a KV secret into its embedded Vault
 * @property {string} dockerHost
 * @property {string} logFile
 * @property {Promise<void>} ended
 * @property {() => void} assertAlive throws a SetupError when the agent has ended
 * @property {(...args: string[]) => Promise<any>} cli runs `raftainer … --json` and returns what it says
 * @property {() => Promise<void>} stop ends the agent; its pods stay
 * @property {() => void} removeFolder removes state and log
 */

/**
 * Starts an agent and waits until its Consul and its Vault answer.
 *
 * @param {{ name: string, dockerHost: string }} options
 * @returns {Promise<LocalAgent>}
 */
export async function startLocalAgent({ name, dockerHost }) {
  const folder = mkdtempSync(join(tmpdir(), `raftainer-${name}-`));
  const logFile = join(folder, 'agent.log');
  const [consulPort, vaultPort] = [await freePort(), await freePort()];
  const stateDir = join(folder, 'state');
  // Files with secrets must not be on a disk, and not everybody may write to the agent's own place for them.
  const secretsDir = mkdtempSync(`/dev/shm/raftainer-${name}-`);
  const own = {
    HOSTNAME: name,
    DOCKER_HOST: dockerHost,
    RAFTAINER_CONSUL_PORT: String(consulPort),
    RAFTAINER_VAULT_PORT: String(vaultPort),
    RAFTAINER_SECRETS_DIR: secretsDir,
  };
  const env = {
    LOG_LEVEL: 'info',
    ...neutralEnvironment(),
    ...own,
    RAFTAINER_STATE_DIR: stateDir,
  };
  const output = openSync(logFile, 'a');
  // Detached: on Ctrl-C the pods have to be removed first, and that is its work.
  const program = join(ROOT, 'apps', 'agent', 'bin', 'raftainer-agent.js');
  const child = spawn(process.execPath, [program], {
    env,
    detached: true,
    stdio: ['ignore', output, output],
  });
  const ended = new Promise((resolve) => child.once('exit', resolve).once('error', resolve));
  let running = true;
  void ended.then(() => (running = false));

  const assertAlive = () => {
    if (running) return;
    throw new SetupError('The agent has ended.');
  };
  const stop = async () => {
    child.kill('SIGTERM');
    await Promise.race([ended, sleep(STOP_TIMEOUT_MS, undefined, { ref: false })]);
    if (running) child.kill('SIGKILL');
    await ended;
  };
  const cli = commandLine({ ...env, RAFTAINER_CONSUL_HOST: '127.0.0.1' });
  const removeFolder = () => {
    for (const each of [folder, secretsDir]) rmSync(each, { recursive: true, force: true });
  };
  const putSecret = (path, data) => writeSecret({ port: vaultPort, stateDir }, path, data);
  const agent = { consulPort, putSecret, dockerHost, logFile, ended, assertAlive, cli, stop, removeFolder };
  try {
    await waitForServers(agent, vaultPort);
  } catch (error) {
    await stop();
    console.error(`The end of the agent's log (${logFile}):\n\n${lastLines(logFile)}`);
    throw error;
  }
  return agent;
}

/** This process's environment without what would lead the agent to another cluster. */
function neutralEnvironment() {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(RAFTAINER|CONSUL|VAULT)_/.test(name)),
  );
}

function commandLine(env) {
  const program = join(ROOT, 'apps', 'cli', 'bin', 'raftainer.js');
  return async (...args) => {
    const { code, output, stdout } = await capture(process.execPath, [program, ...args, '--json'], {
      env,
      detached: true,
    });
    if (code === 0) return JSON.parse(stdout);
    throw new SetupError(`raftainer ${args.join(' ')} failed with exit code ${code}:
${output.trim()}`);
  };
}

/** As `vault kv put secret/PATH` does, with the root token that the agent keeps beside the data. */
async function writeSecret({ port, stateDir }, path, data) {
  const { rootToken } = JSON.parse(readFileSync(join(stateDir, 'vault.key'), 'utf8'));
  const response = await fetch(`http://127.0.0.1:${port}/v1/secret/data/${path}`, {
    method: 'POST',
    headers: { 'x-vault-token': rootToken },
    body: JSON.stringify({ data }),
  });
  if (!response.ok) throw new SetupError(`The embedded Vault answered ${response.status} to a new secret.`);
}

async function waitForServers({ consulPort, assertAlive }, vaultPort) {
  const servers = [
    `http://127.0.0.1:${consulPort}/v1/status/leader`,
    `http://127.0.0.1:${vaultPort}/v1/sys/health`,
  ];
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < deadline) {
    assertAlive();
    const answers = await Promise.all(servers.map(answersWell));
    if (answers.every(Boolean)) return;
    await sleep(100);
  }
  throw new SetupError('The agent did not start in time.');
}

function answersWell(url) {
  return fetch(url, { signal: AbortSignal.timeout(2_000) })
    .then((response) => response.ok)
    .catch(() => false);
}

/** The end of a log, stack traces cut short.
 *
 * @param {string} logFile
 */
export function lastLines(logFile, count = 25) {
  const lines = readFileSync(logFile, 'utf8').trim().split('\n').slice(-count);
  return lines.map((line) => (line.length > 400 ? `${line.slice(0, 400)}…` : line)).join('\n');
}
