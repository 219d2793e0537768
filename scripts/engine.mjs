/**
 * A Docker engine for the quickstart and the tests: the one that answers, else, as root on Debian or Ubuntu, the
 * distribution's, installed and started here. Node built-ins only.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { dockerHosts, engineVersion } from './docker-api.mjs';
import { SetupError } from './setup-error.mjs';

const PACKAGES = ['docker.io', 'iptables', 'iproute2'];
const START_TIMEOUT_MS = 90_000;
const STOP_TIMEOUT_MS = 60_000;

/**
 * @typedef {object} Engine
 * @property {string} host for DOCKER_HOST
 * @property {boolean} started whether it was started here
 * @property {() => Promise<void>} stop stops it when it was started here; what was installed stays
 */

/**
 * @param {{ log?: (line: string) => void, env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<Engine>}
 * @throws {SetupError} with the exact next step, when there is no engine and none can be started here.
 */
export async function ensureEngine({ log = () => {}, env = process.env } = {}) {
  const found = await findEngine(env);
  if (found.host !== undefined) return { host: found.host, started: false, stop: async () => {} };
  refuseWhatWeCannotStart(found.failures, env);
  if (!isOnPath('dockerd')) await installEngine(log);
  return startEngine(log);
}

/**
 * Runs something beside an engine. One that was started for it is stopped afterwards, also after an interruption.
 *
 * @template T
 * @param {(engine: Engine, interrupted: AbortSignal) => Promise<T>} use
 * @param {{ log: (line: string) => void }} options
 * @returns {Promise<T>}
 * @throws {SetupError} as {@link ensureEngine} does.
 */
export async function withEngine(use, { log }) {
  const interruption = new AbortController();
  const interrupt = () => interruption.abort();
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  const engine = await ensureEngine({ log });
  try {
    return await use(engine, interruption.signal);
  } finally {
    if (engine.started) log('Stopping the Docker engine that this run started…');
    await engine.stop();
  }
}

/**
 * The program `dockerd` and what it needs, without starting it: for engines that a script runs by itself.
 *
 * @param {{ log?: (line: string) => void }} [options]
 * @throws {SetupError} with the exact next step, when it is missing and cannot be installed here.
 */
export async function ensureEngineProgram({ log = () => {} } = {}) {
  if (['dockerd', 'iptables', 'ip'].every(isOnPath)) return;
  const nextStep = nextStepByHand();
  if (nextStep) throw new SetupError('This machine has no Docker engine.', { nextStep });
  await installEngine(log);
}

async function findEngine(env) {
  const failures = [];
  for (const host of dockerHosts(env)) {
    try {
      await engineVersion(host);
      return { host, failures };
    } catch (error) {
      if (error instanceof SetupError) throw error;
      failures.push({ host, error });
    }
  }
  return { host: undefined, failures };
}

function refuseWhatWeCannotStart(failures, env) {
  const denied = failures.find(({ error }) => error.code === 'EACCES');
  if (denied) {
    throw new SetupError(`A Docker engine listens at ${denied.host}, but this user may not use it.`, {
      nextStep: 'sudo usermod -aG docker "$USER"   # then log out and in again',
      cause: denied.error,
    });
  }
  if (env.DOCKER_HOST) {
    const { error } = failures[0];
    throw new SetupError(`No Docker engine answers at DOCKER_HOST=${env.DOCKER_HOST} (${error.message}).`, {
      nextStep: 'unset DOCKER_HOST   # or start the engine that it names',
      cause: error,
    });
  }
  const nextStep = nextStepByHand();
  if (nextStep) throw new SetupError('No Docker engine answers on this machine.', { nextStep });
}

/** What the user has to do, or undefined where this script can do it. */
function nextStepByHand() {
  if (process.platform === 'darwin')
    return 'brew install colima docker && colima start   # or start Docker Desktop';
  if (process.platform === 'win32') return 'start Docker Desktop, or run this inside WSL 2';
  const installed = isOnPath('dockerd');
  if (process.getuid?.() === 0) {
    return installed || isDebianLike()
      ? undefined
      : "install Docker with this distribution's package manager and start it (https://docs.docker.com/engine/install/)";
  }
  if (installed) return 'sudo systemctl start docker';
  return isDebianLike()
    ? `sudo apt-get update && sudo apt-get install -y ${PACKAGES.join(' ')} && sudo usermod -aG docker "$USER"   # then log out and in again`
    : 'install Docker and start it (https://docs.docker.com/engine/install/)';
}

function isDebianLike() {
  const release = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
  return /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(release) && isOnPath('apt-get');
}

function isOnPath(command) {
  return spawnSync('sh', ['-c', `command -v ${command}`]).status === 0;
}

async function installEngine(log) {
  log(`No Docker engine here: installing ${PACKAGES.join(', ')} with apt-get (this takes a minute)…`);
  apt(['update', '-q']);
  apt(['install', '-q', '-y', '--no-install-recommends', ...PACKAGES]);
}

function apt(args) {
  const { status, stdout, stderr } = spawnSync('apt-get', ['-o', 'DPkg::Lock::Timeout=300', ...args], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    encoding: 'utf8',
    maxBuffer: 64 << 20,
  });
  if (status === 0) return;
  throw new SetupError(`apt-get ${args[0]} failed:\n${lastLines(`${stdout}${stderr}`, 15)}`, {
    nextStep: `apt-get ${args.join(' ')}`,
  });
}

async function startEngine(log) {
  // The package's own start script may be at work already.
  if (existsSync('/run/systemd/system')) return startWithSystemd(log);
  return startDaemon(log);
}

async function startWithSystemd(log) {
  log('Starting the Docker service…');
  const { status, stderr } = spawnSync('systemctl', ['start', 'docker'], { encoding: 'utf8' });
  if (status !== 0)
    throw new SetupError(`systemctl start docker failed: ${stderr}`, { nextStep: 'journalctl -u docker -e' });
  const host = await waitForEngine(() => {});
  const stop = async () => void spawnSync('systemctl', ['stop', 'docker.socket', 'docker']);
  return { host, started: true, stop };
}

async function startDaemon(log) {
  log('Starting dockerd…');
  prepareHost();
  const folder = mkdtempSync(join(tmpdir(), 'raftainer-dockerd-'));
  const logFile = join(folder, 'dockerd.log');
  const output = openSync(logFile, 'a');
  // Detached: Ctrl-C reaches a whole process group, and the engine has to outlive the pods' removal.
  const daemon = spawn('dockerd', [], { detached: true, stdio: ['ignore', output, output] });
  const ended = new Promise((resolve) => daemon.once('exit', resolve).once('error', resolve));
  let exited = false;
  void ended.then(() => (exited = true));
  daemon.unref();
  const host = await waitForEngine(() => {
    if (exited)
      throw new SetupError(`dockerd ended while starting:\n${lastLines(readFileSync(logFile, 'utf8'), 15)}`);
  }).catch((error) => {
    daemon.kill('SIGTERM');
    throw error;
  });
  const stop = async () => {
    daemon.ref();
    daemon.kill('SIGTERM');
    await Promise.race([ended, sleep(STOP_TIMEOUT_MS, undefined, { ref: false })]);
    rmSync(folder, { recursive: true, force: true });
  };
  return { host, started: true, stop };
}

/** What a service manager would have done before: control groups mounted, stale pid files of a crash gone. */
function prepareHost() {
  if (!/^\S+ \S+ cgroup2? /m.test(readFileSync('/proc/mounts', 'utf8'))) {
    spawnSync('mount', ['-t', 'cgroup2', 'none', '/sys/fs/cgroup']);
  }
  for (const [file, command] of [
    ['/var/run/docker.pid', 'dockerd'],
    ['/var/run/docker/containerd/containerd.pid', 'containerd'],
  ]) {
    if (existsSync(file) && commandOf(readFileSync(file, 'utf8').trim()) !== command)
      rmSync(file, { force: true });
  }
}

function commandOf(pid) {
  const file = `/proc/${pid}/comm`;
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined;
}

async function waitForEngine(assertAlive) {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < deadline) {
    const { host } = await findEngine(process.env);
    if (host !== undefined) return host;
    assertAlive();
    await sleep(100);
  }
  throw new SetupError(`The Docker engine did not answer within ${START_TIMEOUT_MS / 1000} s of its start.`);
}

function lastLines(text, count) {
  return text.trim().split('\n').slice(-count).join('\n');
}
