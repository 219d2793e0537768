import { startEmbeddedConsul } from '@raftainer/embedded';
import { describeConsulConformance } from './conformance/describe-consul-conformance.js';

describeConsulConformance('The embedded server', async () => {
  const server = await startEmbeddedConsul({ port: 0 });
  return { host: server.host, port: server.port, stop: () => server.close() };
});
