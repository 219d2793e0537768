import { rm } from 'node:fs/promises';

import { memoryFolder } from '../../apps/agent/test/support/memory-folder.js';
import { BenchVault } from '../secrets/bench-vault.js';
import { DirectChanges } from '../secrets/direct-changes.js';
import { changeTable, restartTable, restTable, TOKEN_LIVES } from '../secrets/secrets-tables.js';
import { AFTERWARDS_MS, SlotsWithSecrets } from '../secrets/slots-with-secrets.js';
import { WatchedSecrets } from '../secrets/watched-secrets.js';

import type { Ground } from '../harness/ground.js';
import type { Section } from '../report/section.js';
import type { NoticedChanges } from '../secrets/secrets-tables.js';
import type { SecretsActivity } from '../secrets/slots-with-secrets.js';

/** A short interval, at which the agent's own part of the time can be seen. */
const SHORT_POLL_MS = 1_000;

/** What all parts stand on. */
interface Place {
  readonly vault: BenchVault;
  readonly folder: string;
}

/** Secrets: how fast a changed value arrives, and what many slots ask of Vault. */
export async function measureSecrets(ground: Ground): Promise<Section> {
  const obstacle = obstacleOf(ground);
  const { slots, leaseSec } = ground.options.secrets;
  const head = { name: 'secrets', title: `Secrets, up to ${slots} slots on one host` };
  if (obstacle !== undefined) return { ...head, tables: [], notes: [`Skipped: ${obstacle}.`] };
  ground.log('  starting Vault and PostgreSQL');
  const folder = await memoryFolder();
  ground.cleanup.add(() => rm(folder, { recursive: true, force: true }));
  const vault = await BenchVault.start(ground, { leaseSec, tokenSec: TOKEN_LIVES * leaseSec });
  const place = { vault, folder };
  const { noticed, direct } = await measureShortInterval(ground, place);
  const { slow, deployment, rest, restarts } = await measureSlots(ground, place);
  return {
    ...head,
    tables: [
      changeTable([slow, noticed], direct),
      restTable(rest, ground.options.secrets),
      restartTable(deployment, restarts),
    ],
    notes: [
      'The file is read through /proc, as the container sees it. Requests are counted by a proxy between the agent and an embedded Vault; database users are made in a real PostgreSQL.',
      `Every slot is a pod of its own with a KV secret and database credentials that no other uses. A deployment or a restart is watched until ${AFTERWARDS_MS / 1000} s after it.`,
    ],
  };
}

/** Files of pods are in memory, and in containers of this machine. */
function obstacleOf({ engineHost }: Ground): string | undefined {
  if (process.platform !== 'linux') return 'files of pods need Linux';
  if (process.getuid?.() !== 0) return 'a look into containers needs root';
  return engineHost.startsWith('unix://') ? undefined : 'files of pods need an engine on this machine';
}

/** An agent that looks often, in turns with the direct calls. */
async function measureShortInterval(
  ground: Ground,
  { vault, folder }: Place,
): Promise<{ readonly noticed: NoticedChanges; readonly direct: readonly number[] }> {
  const watched = await WatchedSecrets.start(ground, {
    name: 'often',
    ...{ vault, folder, pollMs: SHORT_POLL_MS, pods: 1 },
    podSubnets: '10.218.0.0/18',
  });
  const direct = new DirectChanges(ground, vault.clientThrough(watched.door), folder);
  await direct.change();
  const times = await watched.changeInTurn(ground.options.secrets.changes, () => direct.change());
  await watched.end();
  return { noticed: { pollMs: SHORT_POLL_MS, times }, direct: direct.times };
}

interface SlotsFigures {
  readonly slow: NoticedChanges;
  readonly deployment: SecretsActivity;
  readonly rest: SecretsActivity;
  readonly restarts: readonly (readonly [label: string, activity: SecretsActivity])[];
}

/** Many slots; while their requests are counted, another agent's secrets are changed, which mostly takes waiting. */
async function measureSlots(ground: Ground, { vault, folder }: Place): Promise<SlotsFigures> {
  const { changes, pollMs, slots, windowMs } = ground.options.secrets;
  const watched = await WatchedSecrets.start(ground, {
    name: 'seldom',
    ...{ vault, folder, pollMs, pods: changes },
    podSubnets: '10.218.64.0/18',
  });
  const many = await SlotsWithSecrets.start(ground, { vault, folder, pollMs });
  ground.log(`  deploying ${slots} slots with secrets`);
  const deployment = await many.deploy();
  ground.log(`  counting their requests for ${windowMs / 1000} s, while other secrets are changed`);
  const [rest, times] = await sideBySide(
    () => many.rest(windowMs),
    () => watched.changeAll(),
  );
  await watched.end();
  ground.log('  the agent is stopped and started, then killed and started');
  const stopped = await many.restart('SIGTERM');
  const killed = await many.restart('SIGKILL');
  await many.end();
  const restarts = [
    ['stopped and started', stopped],
    ['killed and started', killed],
  ] as const;
  return { slow: { pollMs, times }, deployment, rest, restarts };
}

/** Both, and only when both have ended the failure of one: clean-up then meets nothing that still runs. */
async function sideBySide<A, B>(first: () => Promise<A>, second: () => Promise<B>): Promise<readonly [A, B]> {
  const [a, b] = await Promise.allSettled([first(), second()]);
  if (a.status === 'rejected') throw a.reason;
  if (b.status === 'rejected') throw b.reason;
  return [a.value, b.value];
}
