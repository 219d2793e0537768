import { startEmbeddedVault } from '@raftainer/embedded';
import type { EmbeddedVault } from '@raftainer/embedded';
import { describeBehaviour } from './behaviour/describe-behaviour.js';

let server: EmbeddedVault | undefined;

describeBehaviour('the embedded server', {
  start: async () => (server = await startEmbeddedVault({ port: 0 })),
  stop: async () => server?.close(),
});
