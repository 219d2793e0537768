import { startPostgres, type RealPostgres } from '@raftainer/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startEmbeddedVault, type EmbeddedVault } from '../../src/index.js';
import { replay } from './replay.js';

let postgres: RealPostgres;
let server: EmbeddedVault;

beforeAll(async () => {
  postgres = await startPostgres();
  server = await startEmbeddedVault({ port: 0 });
});

afterAll(async () => {
  await server.close();
  await postgres.stop();
});

it('gives all recorded answers, those about databases too', async () => {
  const { host, port, user, password } = postgres;
  const connectionUrl = `postgresql://{{username}}:{{password}}@${host}:${port}/postgres?sslmode=disable`;
  const results = await replay(server, { postgres: { connectionUrl, username: user, password } });
  expect(results).toHaveLength(82);
  expect(results.filter(({ problems }) => problems.length > 0)).toEqual([]);
});
