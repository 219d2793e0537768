import { putCheck, putService, removeCheck, removeService } from '../catalog/catalog-writes.js';
import type { ConsulContext } from '../consul-context.js';
import { nodeKey, type CheckRecord, type ServiceRecord } from '../state/records.js';
import type { StateReader } from '../state/table-set.js';
import type { StateWriter } from '../state/state-writer.js';
import { Fault } from '../wire/fault.js';
import type { CheckRequest } from './check-request.js';
import type { ServiceRequest } from './service-request.js';

/** The services registered with this agent, in order of their ids. */
export function agentServices(state: StateReader, node: string): readonly ServiceRecord[] {
  return state.list('services', nodeKey(node, '')).filter((service) => service.agent);
}

/** The checks registered with this agent, in order of their ids. */
export function agentChecks(state: StateReader, node: string): readonly CheckRecord[] {
  return state.list('checks', nodeKey(node, '')).filter((check) => check.run !== undefined);
}

/**
 * Registers a service with its checks. A check that was there keeps its status, so that registering again does
 * not make a healthy service look dead for a moment. With `replaceChecks`, its other checks go.
 */
export function registerService(
  context: ConsulContext,
  request: ServiceRequest,
  replaceChecks: boolean,
): void {
  context.store.write((state) => {
    putService(state, request.service, context.clock());
    for (const check of request.checks) addCheck(context, state, check);
    if (replaceChecks) dropOtherChecks(context, state, request);
  });
}

/** Registers a check of the node, or of a service that is registered with this agent. */
export function registerCheck(context: ConsulContext, check: CheckRequest): void {
  const { store, identity } = context;
  const service = store.get('services', nodeKey(identity.nodeName, check.serviceId));
  if (check.serviceId !== '' && service?.agent !== true) {
    throw new Fault(500, `ServiceID ${JSON.stringify(check.serviceId)} does not exist`);
  }
  store.write((state) => {
    addCheck(context, state, { ...check, id: check.id === '' ? check.name : check.id });
  });
}

/** Removes a service of this agent; one that is not there is no error. */
export function deregisterService(context: ConsulContext, id: string): void {
  const { store, identity, clock } = context;
  const service = store.get('services', nodeKey(identity.nodeName, id));
  if (service?.agent === true)
    store.write((state) => {
      removeService(state, service, clock());
    });
}

/** Removes a check of this agent; one that is not there is no error. */
export function deregisterCheck(context: ConsulContext, id: string): void {
  const { store, identity, clock } = context;
  const check = store.get('checks', nodeKey(identity.nodeName, id));
  if (check?.run !== undefined)
    store.write((state) => {
      removeCheck(state, check, clock());
    });
}

function addCheck(context: ConsulContext, state: StateWriter, request: CheckRequest): void {
  const node = context.identity.nodeName;
  const before = state.get('checks', nodeKey(node, request.id));
  putCheck(
    state,
    {
      node,
      checkId: request.id,
      name: request.name,
      status: before?.status ?? request.status,
      notes: request.notes,
      output: before?.output ?? '',
      serviceId: request.serviceId,
      serviceName: '',
      serviceTags: [],
      type: request.run.probe.kind,
      run: request.run,
    },
    context.clock(),
  );
}

function dropOtherChecks(context: ConsulContext, state: StateWriter, request: ServiceRequest): void {
  const wanted = new Set(request.checks.map((check) => check.id));
  for (const check of agentChecks(state, context.identity.nodeName)) {
    if (check.serviceId === request.service.id && !wanted.has(check.checkId)) {
      removeCheck(state, check, context.clock());
    }
  }
}
