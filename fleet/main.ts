import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import { CONSUL_PORT } from './harness/consul-member.js';
import { Fleet } from './harness/fleet.js';
import { readOptions, USAGE } from './options.js';

import type { ClusterOptions } from './options.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const EXAMPLE = 'examples/cluster.yaml';

const options = readOptions(process.argv.slice(2));
if (options === undefined) process.stdout.write(`${USAGE}\n`);
else await run(options);

async function run(wanted: ClusterOptions): Promise<void> {
  const interruption = new AbortController();
  const interrupt = (): void => {
    if (!interruption.signal.aborted) log('\nInterrupted: everything is removed.');
    interruption.abort();
  };
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt).on('SIGHUP', interrupt);
  const beganMs = performance.now();
  const fleet = await Fleet.create({
    hosts: wanted.hosts,
    servers: wanted.servers,
    images: ['example'],
    log,
  });
  try {
    log(`All of it is up after ${((performance.now() - beganMs) / 1000).toFixed(1)} s.`);
    if (interruption.signal.aborted) return;
    if (wanted.once) await showOnce(fleet);
    else await stayUp(fleet, interruption.signal);
  } finally {
    log('\nStopping, and removing everything…');
    await fleet.close();
  }
}

async function showOnce(fleet: Fleet): Promise<void> {
  await raftainer(fleet, 'apply', '-f', EXAMPLE, '--wait');
  await raftainer(fleet, 'ps');
}

async function stayUp(fleet: Fleet, signal: AbortSignal): Promise<void> {
  log(whatToTry(fleet));
  // Nothing else may keep the process alive.
  const staying = setInterval(() => undefined, 1 << 30);
  if (!signal.aborted) await once(signal, 'abort');
  clearInterval(staying);
}

/** Runs the command line tool in full view. @throws Error when it does not succeed. */
async function raftainer(fleet: Fleet, ...args: readonly string[]): Promise<void> {
  log(`\n$ raftainer ${args.join(' ')}`);
  const program = 'apps/cli/bin/raftainer.js';
  const env = {
    ...process.env,
    RAFTAINER_CONSUL_HOST: fleet.desk,
    RAFTAINER_CONSUL_PORT: String(CONSUL_PORT),
  };
  const child = spawn(process.execPath, [program, ...args], { cwd: ROOT, env, stdio: 'inherit' });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`raftainer ${args.join(' ')} ended with ${code ?? 'a signal'}.`);
}

function whatToTry(fleet: Fleet): string {
  const rows = fleet.hosts.map(
    ({ name, address, engine, machine }) =>
      `    ${name.padEnd(8)}  ${address.padEnd(15)}  ${machine.namespace.padEnd(16)}  docker -H ${engine.host}`,
  );
  const [first] = fleet.hosts;
  return `
    host      address          network           engine
${rows.join('\n')}

In another terminal, try:

    export CONSUL_HTTP_ADDR=http://${fleet.desk}:${CONSUL_PORT}
    alias raftainer="node ${ROOT}apps/cli/bin/raftainer.js"
    raftainer apply -f ${EXAMPLE} --wait
    raftainer ps
    docker -H ${first?.engine.host ?? ''} ps
    kill -9 ${first?.agent.pid ?? ''}      # the agent of host-1 is gone
    ip netns exec ${first?.machine.namespace ?? ''} ip addr

Logs of agents, engines and Consul: ${fleet.folder}/*/*.log
Consul's pages: http://${fleet.desk}:${CONSUL_PORT}/ui
Ctrl-C stops and removes everything.`;
}

function log(line: string): void {
  process.stdout.write(`${line}\n`);
}
