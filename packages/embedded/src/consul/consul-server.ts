import { startHttpServer } from '../http/http-server.js';
import type { Journal } from '../storage/journal.js';
import { registerSelf } from './catalog/register-self.js';
import { CheckRunner } from './checks/check-runner.js';
import { createConsulHandler } from './consul-handler.js';
import type { ConsulContext, Identity } from './consul-context.js';
import { agentCheckRoutes } from './routes/agent-check-routes.js';
import { agentHealthRoutes } from './routes/agent-health-routes.js';
import { agentRoutes } from './routes/agent-routes.js';
import { agentServiceRoutes } from './routes/agent-service-routes.js';
import { catalogRoutes } from './routes/catalog-routes.js';
import { healthRoutes } from './routes/health-routes.js';
import { kvRoutes } from './routes/kv-routes.js';
import { sessionRoutes } from './routes/session-routes.js';
import { statusRoutes } from './routes/status-routes.js';
import { txnRoutes } from './routes/txn-routes.js';
import { SessionExpiry } from './sessions/session-expiry.js';
import { loadState } from './state/durable-state.js';
import type { Route } from './wire/call.js';
import { SharedReads } from './watch/shared-reads.js';
import { Watchers } from './watch/watchers.js';

/** Everything a Consul-compatible server needs to know. */
export interface ConsulServerOptions {
  readonly host: string;
  readonly port: number;
  readonly nodeName: string;
  readonly datacenter: string;
  readonly journal: Journal;
}

/** A running Consul-compatible server. */
export interface ConsulServer {
  readonly port: number;
  /** Stops listening, then the timers, then flushes and closes the journal. */
  close(): Promise<void>;
}

/** Loads the state from the journal, puts the server into its own catalog, starts its timers and serves. */
export async function startConsulServer(options: ConsulServerOptions): Promise<ConsulServer> {
  const { journal } = options;
  const { store, nodeId, previousName } = await loadState(journal, options.nodeName);
  const context: ConsulContext = {
    store,
    watchers: new Watchers(store),
    shared: new SharedReads(store),
    identity: identityOf(options, nodeId),
    clock: () => performance.timeOrigin + performance.now(),
  };
  store.onCommit((commit) => {
    context.watchers.notify(commit);
  });
  store.write((state) => {
    registerSelf(state, { identity: context.identity, previousName, nowMs: context.clock() });
  });
  const expiry = new SessionExpiry(store, context.clock);
  const runner = new CheckRunner(context);
  const http = await startHttpServer(createConsulHandler(routesOf(context, { expiry, runner }), journal), {
    host: options.host,
    port: options.port,
    product: 'Consul',
  });
  expiry.start();
  runner.start();
  return {
    port: http.port,
    close: async () => {
      await http.close();
      runner.stop();
      expiry.stop();
      await journal.close();
    },
  };
}

function routesOf(
  context: ConsulContext,
  parts: { readonly expiry: SessionExpiry; readonly runner: CheckRunner },
): readonly Route[] {
  return [
    ...kvRoutes(context),
    ...txnRoutes(context),
    ...sessionRoutes(context, parts.expiry),
    ...agentRoutes(context),
    ...agentServiceRoutes(context),
    ...agentCheckRoutes(context, parts.runner),
    ...agentHealthRoutes(context),
    ...catalogRoutes(context),
    ...healthRoutes(context),
    ...statusRoutes(context.identity),
  ];
}

/** A server that listens everywhere is known by its loopback address. */
function identityOf(options: ConsulServerOptions, nodeId: string): Identity {
  const everywhere = options.host === '0.0.0.0' || options.host === '::' || options.host === 'localhost';
  const address = everywhere ? '127.0.0.1' : options.host;
  return { nodeName: options.nodeName, nodeId, datacenter: options.datacenter, address };
}
