import { startEmbeddedConsul } from '@raftainer/embedded';

/** The process that `startConsulProcess` starts. */
const server = await startEmbeddedConsul({ port: 0 });
process.once('disconnect', () => {
  void server.close().then(() => process.exit());
});
const { host, port, address } = server;
process.send?.({ host, port, address });
