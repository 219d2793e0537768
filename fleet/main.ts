import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import { runCommand } from './command-line.js';
import { CONSUL_PORT } from './harness/consul-member.js';
import { Fleet } from './harness/fleet.js';
import { readOptions, USAGE } from './options.js';

import type { Gossip } from './harness/consul-member.js';
import type { ClusterOptions } from './options.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const EXAMPLE = 'examples/cluster.yaml';

await runCommand({ usage: USAGE, read: readOptions, run });

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
    gossip: wanted.gossip,
    images: ['example'],
    log,
  });
  try {
    log(`All of it is up after ${((performance.now() - beganMs) / 1000).toFixed(1)} s.`);
    if (interruption.signal.aborted) return;
    if (wanted.once) await showOnce(fleet);
    else await stayUp(fleet, wanted.gossip, interruption.signal);
  } finally {
    log('\nStopping, and removing everything…');
    await fleet.close();
  }
}

async function showOnce(fleet: Fleet): Promise<void> {
  await raftainer(fleet, 'apply', '-f', EXAMPLE, '--wait');
  await raftainer(fleet, 'ps');
}

async function stayUp(fleet: Fleet, gossip: Gossip, signal: AbortSignal): Promise<void> {
  log(whatToTry(fleet, gossip));
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

/** From a fault until the slots of a host run elsewhere, as people will see it: detection, lock delay, start. */
const AWAY_S = { fast: 11, default: 15 } as const satisfies Readonly<Record<Gossip, number>>;
/** The hold of the guards for an agent that crashed, and what follows. */
const AGENT_AWAY_S = 13;

function whatToTry(fleet: Fleet, gossip: Gossip): string {
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
    ip netns exec ${first?.machine.namespace ?? ''} ip addr

And then (nothing starts or mends it again):

    kill -9 ${first?.agent.pid ?? ''}      # the agent of host-1: after about ${AGENT_AWAY_S} s what whoami had on host-1 is on another host
    ip link set ${first?.machine.cable ?? ''} down  # cuts host-1 off: after about ${AWAY_S[gossip]} s it is (${gossip} gossip); up mends it

Logs of agents, engines and Consul: ${fleet.folder}/*/*.log
Consul's pages: http://${fleet.desk}:${CONSUL_PORT}/ui
Ctrl-C stops and removes everything.`;
}

function log(line: string): void {
  process.stdout.write(`${line}\n`);
}
