import { SERVICE_META } from '@raftainer/planner';

/** A filter for the services of one host: an agent of Consul that several hosts share has those of all of them. */
export function servicesOf(host: string): string {
  return `Meta["${SERVICE_META.host}"] == "${host}"`;
}
