import { afterAll, beforeAll, expect, it } from 'vitest';
import { startEmbeddedVault, type EmbeddedVault } from '../../src/index.js';
import { recordedExchanges, replay, type ReplayResult } from './replay.js';

/** Those about databases need one: they are replayed in `replay-postgres.integration.test.ts`. */
const WITHOUT_DATABASE = 67;

let server: EmbeddedVault;
let results: readonly ReplayResult[];

beforeAll(async () => {
  server = await startEmbeddedVault({ port: 0 });
  results = await replay(server);
});

afterAll(() => server.close());

it('replays all that needs no database', () => {
  expect(recordedExchanges()).toHaveLength(82);
  expect(results).toHaveLength(WITHOUT_DATABASE);
});

it('gives the recorded answers', () => {
  expect(results.filter(({ problems }) => problems.length > 0)).toEqual([]);
});
