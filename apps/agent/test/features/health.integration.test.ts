import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { eventually, exampleImage, testImage, uniqueName } from '@raftainer/testing';

import { sleeper } from '../support/definitions.js';
import { TestHost } from '../support/test-host.js';
import { runsOf, untilPassing } from '../support/witness.js';
import { ask } from './support/raw-engine.js';
import { sh, slotContainer } from './support/slot-container.js';

/** What says that it is well; everything here is healthy exactly while this file exists. */
const MARK = '/tmp/well';
const TIMING = { interval: '500ms', timeout: '5s', threshold: 2 };
const HTTP_SERVER = `require('node:http').createServer((_, r) => { r.statusCode = require('node:fs').existsSync('${MARK}') ? 200 : 503; r.end(); }).listen(8080)`;
const TCP_SERVER = `const server = require('node:net').createServer((s) => s.end());
setInterval(() => { const well = require('node:fs').existsSync('${MARK}');
  if (well && !server.listening) server.listen(7000); else if (!well && server.listening) server.close(); }, 100)`;

const kinds = ['exec', 'http', 'tcp', 'docker'] as const;
type Kind = (typeof kinds)[number];
// Stories of several acts, each with deadlines of its own.
vi.setConfig({ testTimeout: 180_000 });

const pods = Object.fromEntries(kinds.map((kind) => [kind, uniqueName(kind)])) as Record<Kind, string>;
const checkedImage = `raftainer/${uniqueName('checked')}:1`;
let host: TestHost;

beforeAll(async () => {
  const [image, node] = await Promise.all([testImage(), exampleImage()]);
  await makeCheckedImage(image);
  host = await TestHost.create();
  const exec = { type: 'exec', command: ['test', '-f', MARK], startPeriod: '10m', ...TIMING };
  const server = (script: string, healthCheck: object): object => ({
    ...{ name: 'app', image: node, command: ['node', '-e', script], init: true },
    healthCheck: { ...healthCheck, startPeriod: '10m', ...TIMING },
  });
  const containers: Record<Kind, object> = {
    exec: sleeper(image, { healthCheck: exec }),
    http: server(HTTP_SERVER, { type: 'http', port: 8080, path: '/health' }),
    tcp: server(TCP_SERVER, { type: 'tcp', port: 7000 }),
    docker: sleeper(checkedImage, { healthCheck: { type: 'docker' } }),
  };
  for (const kind of kinds) await host.put({ name: pods[kind], containers: [containers[kind]] });
});

afterAll(async () => {
  await host.close();
  await ask(`/images/${checkedImage}?force=true`, 'DELETE');
});

/** An image that brings a HEALTHCHECK of its own. */
async function makeCheckedImage(from: string): Promise<void> {
  const name = uniqueName('checked');
  const [repository = '', tag = ''] = checkedImage.split(':');
  const check = `HEALTHCHECK --interval=500ms --timeout=5s --retries=2 --start-period=10m CMD test -f ${MARK}`;
  const { createDocker } = await import('@raftainer/docker');
  const docker = createDocker();
  const id = await docker.containers.create({ name, image: from });
  const query = new URLSearchParams({ container: id, repo: repository, tag, changes: check });
  await ask(`/commit?${query.toString()}`, 'POST');
  await docker.containers.remove(id);
  docker.close();
}

describe.each(kinds)('a health check of type %s', (kind) => {
  const pod = pods[kind];

  it('keeps a container that only runs out of service', async () => {
    const status = await host.untilPhase(pod, ['starting']);
    await eventually(
      async () => {
        const [instance] = await host.consul.services.health(pod);
        expect(instance?.checks.find(({ checkId }) => checkId.endsWith('/health'))?.status).toBe('critical');
        expect((await slotContainer(host, pod)).state).toBe('running');
      },
      { timeoutMs: 90_000, intervalMs: 200 },
    );
    expect(status.phase).toBe('starting');
  });

  it('passes, turns critical and passes again with the container, which goes on running', async () => {
    const { id } = await slotContainer(host, pod);
    const before = await runsOf(host, pod);
    await sh(host, id, `touch ${MARK}`);
    await host.untilPhase(pod, ['healthy']);
    await untilPassing(host, pod);
    await sh(host, id, `rm ${MARK}`);
    const unwell = await host.untilPhase(pod, ['unhealthy']);
    expect(unwell.message).toBe('app is unhealthy');
    await untilPassing(host, pod, 0);
    await sh(host, id, `touch ${MARK}`);
    await host.untilPhase(pod, ['healthy']);
    await untilPassing(host, pod);
    expect(await runsOf(host, pod)).toEqual(before);
  });
});
