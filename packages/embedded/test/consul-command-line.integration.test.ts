import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { eventually } from '@raftainer/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEmbeddedConsul, type EmbeddedConsul } from '../src/index.js';

const run = promisify(execFile);

describe('The consul command line', () => {
  let server: EmbeddedConsul;
  let folder: string;
  let environment: NodeJS.ProcessEnv;
  const binary = process.env.RAFTAINER_TEST_CONSUL ?? 'consul';

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'raftainer-cli-'));
    server = await startEmbeddedConsul({ port: 0, nodeName: 'cli-node', dataDir: join(folder, 'data') });
    environment = { ...process.env, CONSUL_HTTP_ADDR: `${server.host}:${server.port}` };
  });

  afterAll(async () => {
    await server.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function consul(...args: string[]): Promise<string> {
    const { stdout } = await run(binary, args, { env: environment });
    return stdout;
  }

  it('puts, gets, lists and deletes keys', async () => {
    await consul('kv', 'put', '-flags=7', 'cli/a', 'hello');
    await consul('kv', 'put', 'cli/b/c', 'world');
    expect(await consul('kv', 'get', 'cli/a')).toBe('hello\n');
    expect(await consul('kv', 'get', '-detailed', 'cli/a')).toMatch(/Flags\s+7\n/);
    expect(await consul('kv', 'get', '-recurse', 'cli/')).toBe('cli/a:hello\ncli/b/c:world\n');
    expect(await consul('kv', 'get', '-keys', '-separator=/', 'cli/')).toBe('cli/a\ncli/b/\n');
    await expect(consul('kv', 'put', '-cas', '-modify-index=1', 'cli/a', 'x')).rejects.toThrow('CAS failed');
    await consul('kv', 'delete', '-recurse', 'cli/');
    await expect(consul('kv', 'get', 'cli/a')).rejects.toThrow('No key exists at: cli/a');
  });

  it('exports and imports', async () => {
    await consul('kv', 'put', 'from/a', 'one');
    const exported = await consul('kv', 'export', 'from/');
    await consul('kv', 'delete', 'from/a');
    await writeFile(join(folder, 'export.json'), exported);
    expect(await consul('kv', 'import', `@${join(folder, 'export.json')}`)).toContain('Imported: from/a');
    expect(await consul('kv', 'get', 'from/a')).toBe('one\n');
  });

  it('runs a program under a lock, and lets a second one wait for it', { timeout: 60_000 }, async () => {
    const output = await Promise.all([
      consul('lock', 'locks/one', 'echo first; sleep 1; echo done'),
      consul('lock', 'locks/one', 'echo first; sleep 1; echo done'),
    ]);
    expect(output).toEqual(['first\ndone\n', 'first\ndone\n']);
    expect((await consul('kv', 'get', '-recurse', 'locks/')).trim()).toBe('');
  });

  it('registers and deregisters services, and reads the catalog', async () => {
    const definition = { service: { name: 'web', port: 80, tags: ['x'], check: { ttl: '30s' } } };
    await writeFile(join(folder, 'web.json'), JSON.stringify(definition));
    await consul('services', 'register', join(folder, 'web.json'));
    await consul('services', 'register', '-name=db', '-port=5432', '-address=10.0.0.1');
    expect(await consul('catalog', 'services', '-tags')).toMatch(/consul\s*\ndb\s*\nweb\s+x/);
    expect(await consul('catalog', 'nodes', '-service=web')).toContain('cli-node');
    expect(await consul('catalog', 'datacenters')).toBe('dc1\n');
    await consul('services', 'deregister', '-id=web');
    await consul('services', 'deregister', '-id=db');
    expect(await consul('catalog', 'services')).toBe('consul\n');
  });

  it('shows members and the agent', async () => {
    expect(await consul('members')).toMatch(/cli-node\s+127\.0\.0\.1:8301\s+alive\s+server/);
    expect(await consul('info')).toContain('state = Leader');
  });

  it('watches keys, prefixes and services', async () => {
    const seen = { key: '', prefix: '', service: '' };
    const watch = (what: keyof typeof seen, ...args: string[]): (() => Promise<void>) => {
      const child = spawn(binary, ['watch', ...args, 'cat; echo'], { env: environment });
      child.stdout.on('data', (chunk: Buffer) => (seen[what] += chunk.toString()));
      return async () => {
        child.kill();
        await once(child, 'close');
      };
    };
    const stops = [
      watch('key', '-type=key', '-key=watched/key'),
      watch('prefix', '-type=keyprefix', '-prefix=watched/'),
      watch('service', '-type=service', '-service=seen'),
    ];
    try {
      await consul('kv', 'put', 'watched/key', 'one');
      await eventually(
        () => {
          expect(seen.key).toContain('b25l');
        },
        { timeoutMs: 20_000 },
      );
      await consul('kv', 'put', 'watched/key', 'two');
      await consul('services', 'register', '-name=seen');
      await eventually(
        () => {
          expect(seen.key).toContain('dHdv');
          expect(seen.prefix).toContain('dHdv');
          expect(seen.service).toContain('"Service":"seen"');
        },
        { timeoutMs: 20_000 },
      );
    } finally {
      await Promise.all(stops.map((stop) => stop()));
    }
  });

  it('says clearly what is not there', async () => {
    await expect(consul('snapshot', 'save', join(folder, 'x'))).rejects.toThrow(
      'does not provide GET /v1/snapshot',
    );
    await expect(consul('acl', 'token', 'list')).rejects.toThrow('ACL support disabled');
  });
});
