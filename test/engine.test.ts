import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { dockerHosts, dockerRequest } from '../scripts/docker-api.mjs';
import { ensureEngine } from '../scripts/engine.mjs';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** Answers as an engine of this API version would, on TCP. */
async function fakeEngine(apiVersion: string): Promise<string> {
  const server = createServer((_request, response) => {
    response.end(JSON.stringify({ Version: '1', ApiVersion: apiVersion, Os: 'linux', Arch: 'amd64' }));
  });
  closing.push(() => server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `tcp://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
}

describe('ensureEngine', () => {
  it('uses the engine that answers, and does not stop what it did not start', async () => {
    const host = await fakeEngine('1.41');
    const engine = await ensureEngine({ env: { DOCKER_HOST: host } });
    expect(engine).toMatchObject({ host, started: false });
    await engine.stop();
    expect((await dockerRequest(host, '/version')).status).toBe(200);
  });

  it('says what to do when DOCKER_HOST leads nowhere, and starts nothing in its place', async () => {
    const env = { DOCKER_HOST: 'unix:///nonexistent/docker.sock' };
    await expect(ensureEngine({ env })).rejects.toMatchObject({
      name: 'SetupError',
      message: expect.stringContaining('DOCKER_HOST=unix:///nonexistent/docker.sock') as string,
      nextStep: expect.stringContaining('unset DOCKER_HOST') as string,
    });
  });

  it('refuses an engine that is too old', async () => {
    const env = { DOCKER_HOST: await fakeEngine('1.40') };
    await expect(ensureEngine({ env })).rejects.toThrow(/too old.*Docker 20\.10/);
  });

  it('refuses an address that it cannot use', async () => {
    await expect(ensureEngine({ env: { DOCKER_HOST: 'ssh://me@host' } })).rejects.toThrow('not supported');
  });
});

describe('dockerHosts', () => {
  it('looks in the usual places, the system-wide socket first', () => {
    const hosts = dockerHosts({ XDG_RUNTIME_DIR: '/run/user/1000' });
    expect(hosts[0]).toBe('unix:///var/run/docker.sock');
    expect(hosts).toContain('unix:///run/user/1000/docker.sock');
  });
});
