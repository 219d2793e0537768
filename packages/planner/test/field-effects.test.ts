import { parsePod, revisionOf } from '@raftainer/pod-spec';
import { describe, expect, it } from 'vitest';

import { CONTAINER_FIELD_EFFECTS, plan, POD_FIELD_EFFECTS } from '../src/index.js';
import { snapshotOf } from './world.js';

import type { FieldEffect } from '../src/index.js';
import type { Container, Pod } from '@raftainer/pod-spec';

const APP = {
  name: 'app',
  image: 'web:1',
  volumes: [{ type: 'volume', volume: 'data', mountPath: '/data' }],
  environment: { TOKEN: { vault: { path: 'secret/web', key: 'token' } } },
} as const;
const OTHER = { name: 'other', image: 'web:1' } as const;

/** A pod whose container `app` is the one that is looked at. */
function parsed(input: { readonly pod?: object; readonly app?: object } = {}): Pod {
  const result = parsePod({
    name: 'web',
    volumes: [{ name: 'data', type: 'named' }],
    containers: [{ ...APP, ...input.app }, OTHER],
    ...input.pod,
  });
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.pod;
}

/** Hash of the configuration of the container `app`, or of whatever it has become. */
function configHashOf(pod: Pod): string | undefined {
  const view = { state: 'valid', pod, revision: revisionOf(pod), definedAt: 1 } as const;
  const gpus = [{ id: '0000:07:00.0', vendor: 'nvidia', model: 'A100', vramBytes: 2 ** 35 }];
  const world = snapshotOf([view]);
  const facts = { ...world.host.facts, gpus };
  const { slots } = plan({ ...world, host: { ...world.host, facts } });
  const created = [...slots.values()]
    .flatMap(({ actions }) => actions)
    .flatMap((action) => (action.type === 'create-container' ? [action.container] : []));
  return created.find(({ container }) => container !== 'other' && container !== 'third')?.labels[
    'raftainer.config'
  ];
}

/** Another value for every field of a container; complete by type, like the table. */
const CONTAINER_EDITS = {
  name: { name: 'renamed' },
  image: { image: 'web:2' },
  role: { role: 'sidecar' },
  command: { command: ['serve'] },
  entrypoint: { entrypoint: ['/bin/web'] },
  user: { user: '1000' },
  workingDir: { workingDir: '/srv' },
  environment: { environment: { A: 'b' } },
  files: { files: [{ path: '/run/a', content: 'b' }] },
  ports: { ports: [{ name: 'http', containerPort: 80, publish: 'internal' }] },
  volumes: { volumes: [{ type: 'host', hostPath: '/srv', mountPath: '/srv' }] },
  resources: { resources: { gpus: { count: 1 } } },
  healthCheck: { healthCheck: { type: 'exec', command: ['true'] } },
  dependsOn: { dependsOn: [{ container: 'other', condition: 'started' }] },
  capAdd: { capAdd: ['NET_ADMIN'] },
  capDrop: { capDrop: ['ALL'] },
  privileged: { privileged: true },
  readOnly: { readOnly: true },
  securityOpt: { securityOpt: ['no-new-privileges'] },
  pull: { pull: 'always' },
  registry: { registry: { vault: { path: 'kv/registry' } } },
  logging: { logging: { driver: 'json-file' } },
  ulimits: { ulimits: [{ name: 'nofile', soft: 1, hard: 2 }] },
  init: { init: true },
  extraHosts: { extraHosts: ['db:10.0.0.7'] },
  dns: { dns: ['10.0.0.53'] },
  stopSignal: { stopSignal: 'SIGINT' },
} as const satisfies Readonly<Record<keyof Container, object>>;

/** The same for the pod; `containers` is the other table. */
const POD_EDITS = {
  name: { name: 'renamed' },
  kind: { kind: 'system' },
  instances: { instances: 2 },
  schedule: { kind: 'periodic', schedule: { cron: '0 3 * * *' } },
  constraints: { constraints: [{ attribute: 'hostname', operator: 'exists' }] },
  affinities: { affinities: [{ attribute: 'hostname', operator: 'exists' }] },
  spread: { spread: [{ attribute: 'region' }] },
  placement: { placement: 'pack' },
  exclusive: { exclusive: false },
  onDisconnect: { onDisconnect: 'keep' },
  update: { update: { strategy: 'stop-first' } },
  restart: { restart: { attempts: 3 } },
  stopGracePeriodMs: { stopGracePeriod: '1m' },
  volumes: { volumes: [{ name: 'data', type: 'host', hostPath: '/srv' }] },
  labels: { labels: { team: 'shop' } },
  vault: { vault: { role: 'web' } },
  containers: { containers: [APP, OTHER, { name: 'third', image: 'web:1' }] },
} as const satisfies Readonly<Record<keyof Pod, object>>;

const before = configHashOf(parsed());

describe('the table of fields', () => {
  it('is about a container that is made', () => {
    expect(before).toMatch(/^[0-9a-f]{32}$/);
  });

  it.each(Object.entries(CONTAINER_FIELD_EFFECTS))(
    'says of containers[].%s that it is %s',
    (field, effect) => {
      expect(effectOf(parsed({ app: CONTAINER_EDITS[field as keyof Container] }))).toBe(effect);
    },
  );

  it.each(Object.entries(POD_FIELD_EFFECTS))('says of %s that it is %s', (field, effect) => {
    expect(effectOf(parsed({ pod: POD_EDITS[field as keyof Pod] }))).toBe(effect);
  });
});

function effectOf(pod: Pod): FieldEffect {
  const after = configHashOf(pod);
  if (after === undefined) return 'unsupported';
  return after === before ? 'in-place' : 'recreate';
}
