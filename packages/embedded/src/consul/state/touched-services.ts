import { nodeKey } from './records.js';
import type { AnyChange, StateReader } from './table-set.js';

/** The names of the services whose health answer a change alters. */
export function touchedServices(state: StateReader, change: AnyChange): readonly string[] {
  switch (change.table) {
    case 'services':
      return names([change.before?.name, change.after?.name]);
    case 'checks': {
      const check = change.after ?? change.before;
      if (check === undefined) return [];
      return check.serviceId === '' ? servicesOn(state, check.node) : names([check.serviceName]);
    }
    case 'nodes':
      return servicesOn(state, change.key);
    case 'kv':
    case 'sessions':
    case 'lockDelays':
      return [];
  }
}

function servicesOn(state: StateReader, node: string): readonly string[] {
  return names(state.list('services', nodeKey(node, '')).map((service) => service.name));
}

function names(candidates: readonly (string | undefined)[]): readonly string[] {
  return [...new Set(candidates.filter((name) => name !== undefined))];
}
