/**
 * `npm run quickstart`: from a fresh clone to two pods that answer. Readies dependencies, build, engine and image,
 * starts an agent with the embedded Consul and Vault, applies `examples/quickstart.yaml`, proves with HTTP requests that
 * the pods answer, and stays up. Ctrl-C takes everything back; `-- --once` does so after the proof.
 */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildAll } from './build.mjs';
import { ensureDependencies } from './dependencies.mjs';
import { ensureEngine } from './engine.mjs';
import { ensureExampleImage } from './image.mjs';
import { lastLines, startLocalAgent } from './local-agent.mjs';
import { runMain } from './run-main.mjs';
import { SetupError } from './setup-error.mjs';
import { labelled, sweep } from './sweep.mjs';

const NAME = 'quickstart';
const EXAMPLE = 'examples/quickstart.yaml';
const READY_TIMEOUT_MS = 180_000;

const log = (line) => console.log(line);

async function main() {
  const interruption = new AbortController();
  const interrupt = () => interruption.abort();
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt).on('SIGHUP', interrupt);
  const { signal } = interruption;
  const undo = [];
  let agent;
  try {
    await ensureDependencies({ log });
    await buildAll({ log });
    signal.throwIfAborted();
    agent = await start(undo, signal);
    const pods = await applyExample(agent);
    const slots = await untilReady(agent, pods, signal);
    await prove(slots, signal);
    if (process.argv.includes('--once')) return;
    showWhatNext(agent);
    await Promise.race([new Promise((resolve) => signal.addEventListener('abort', resolve)), agent.ended]);
    if (!signal.aborted) agent.assertAlive();
  } catch (error) {
    if (signal.aborted) {
      process.exitCode = 130;
    } else {
      if (agent)
        console.error(`\nThe end of the agent's log (${agent.logFile}):\n\n${lastLines(agent.logFile)}`);
      throw error;
    }
  } finally {
    if (undo.length > 0) log('\nStopping, and removing what was made…');
    for (const step of undo.reverse())
      await step().catch((error) => console.error(String(error?.message ?? error)));
  }
}

/** Each thing that is made adds to `undo` what takes it back; the last comes first. */
async function start(undo, signal) {
  const engine = await ensureEngine({ log });
  if (engine.started) undo.push(engine.stop);
  await ensureExampleImage({ host: engine.host, log });
  signal.throwIfAborted();
  undo.push(async () => {
    const left = await sweep(engine.host, `raftainer.host=${NAME}`);
    if (left.length > 0) log(`Removed ${left.join(', ')}.`);
    log('The image raftainer/example stays for the next time (docker rmi raftainer/example removes it).');
  });
  log('Starting the agent with its embedded Consul and Vault…');
  const agent = await startLocalAgent({ name: NAME, dockerHost: engine.host });
  undo.push(async () => {
    await agent.stop();
    agent.removeFolder();
  });
  undo.push(() => removePods(agent));
  return agent;
}

async function applyExample(agent) {
  // Anything would do: the example says how long the secret is, and nothing more.
  await agent.putSecret('quickstart', { apiKey: randomBytes(16).toString('hex') });
  log(`Applying ${EXAMPLE}:`);
  const { pods } = await agent.cli('apply', '-f', EXAMPLE);
  const names = pods.map(({ name }) => name);
  await refuseSharedNames(agent.dockerHost, names);
  return names;
}

/** Names in Docker come from the pod and its index: agents of two clusters on one engine are in each other's way. */
async function refuseSharedNames(dockerHost, names) {
  for (const { Labels: labels } of await labelled(dockerHost, 'networks', 'raftainer.pod')) {
    const [pod, owner] = [labels['raftainer.pod'], labels['raftainer.host']];
    if (owner === NAME || !names.includes(pod)) continue;
    throw new SetupError(
      `The agent "${owner}" runs a pod "${pod}" on this engine, and there can be only one of that name.`,
      {
        nextStep: `docker ps --filter label=raftainer.host=${owner}   # remove that pod there, then try again`,
      },
    );
  }
}

async function removePods(agent) {
  agent.assertAlive();
  const { pods } = await agent.cli('ps');
  if (pods.length > 0) await agent.cli('rm', ...pods.map(({ name }) => name), '--wait', '--timeout', '60s');
}

/** Shows each slot's phase as it changes; returns the slots of `names` when all of them are ready. */
async function untilReady(agent, names, signal) {
  const shown = new Map();
  const deadline = Date.now() + READY_TIMEOUT_MS;
  while (Date.now() < deadline) {
    signal.throwIfAborted();
    agent.assertAlive();
    const { pods } = await agent.cli('ps', ...names);
    for (const slot of pods.flatMap(({ slots }) => slots)) show(slot, shown);
    const ready = names.every((name) => pods.some((pod) => pod.name === name && pod.ready >= pod.instances));
    if (ready) return pods.flatMap(({ slots }) => slots);
    await sleep(300);
  }
  throw new SetupError(`The pods were not ready after ${READY_TIMEOUT_MS / 1000} s.`);
}

function show({ slot, phase, why }, shown) {
  const reasons =
    ['failed', 'backoff', 'unhealthy'].includes(phase) && why.length > 0 ? `: ${why.join('; ')}` : '';
  const line = `  ${slot.padEnd(8)} ${phase}${reasons}`;
  if (shown.get(slot) !== line) log(line);
  shown.set(slot, line);
}

/** Every published port has to answer an HTTP request. */
async function prove(slots, signal) {
  log('Asking the pods over HTTP:');
  for (const { slot, containers } of slots) {
    const ports = containers.flatMap(({ ports }) => ports).filter(({ hostPort }) => hostPort !== undefined);
    if (ports.length === 0) throw new SetupError(`${slot} says it is ready, but names no port to ask.`);
    for (const { hostIp, hostPort } of ports) {
      signal.throwIfAborted();
      const host = !hostIp || hostIp === '0.0.0.0' || hostIp === '::' ? '127.0.0.1' : hostIp;
      await ask(slot, `http://${host}:${hostPort}/`);
    }
  }
}

async function ask(slot, url) {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
    const [line] = (await response.text()).trim().split('\n');
    if (!response.ok) throw new Error(`status ${response.status}: ${line}`);
    log(`  ${slot.padEnd(8)} ${url} → ${response.status} ${line}`);
  } catch (error) {
    const reason = error.cause?.message ?? error.message;
    throw new SetupError(`${slot} says it is ready, but does not answer at ${url}: ${reason}`, {
      cause: error,
    });
  }
}

function showWhatNext({ consulPort, logFile, dockerHost }) {
  log(`
Everything runs. In another terminal, try:

    export RAFTAINER_CONSUL_HOST=127.0.0.1 RAFTAINER_CONSUL_PORT=${consulPort} DOCKER_HOST=${dockerHost}
    alias raftainer="node ${process.cwd()}/apps/cli/bin/raftainer.js"
    raftainer ps
    raftainer logs web
    raftainer scale api 3
    raftainer secrets api
    docker kill $(docker ps -q --filter label=raftainer.pod=web)   # and see it come back: raftainer ps
    raftainer rm web

The agent's log is ${logFile}.
Ctrl-C stops and removes everything.`);
}

await runMain(import.meta.url, main);
