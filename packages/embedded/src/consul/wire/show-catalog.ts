import type { CheckRecord, NodeRecord, ServiceRecord } from '../state/records.js';

type Shown = Readonly<Record<string, unknown>>;

/** A node as the catalog shows it. */
export function showNode(node: NodeRecord, datacenter: string): Shown {
  return {
    ID: node.id,
    Node: node.node,
    Address: node.address,
    Datacenter: datacenter,
    TaggedAddresses: node.taggedAddresses ?? null,
    Meta: node.meta ?? null,
    CreateIndex: node.createIndex,
    ModifyIndex: node.modifyIndex,
  };
}

/** A service instance inside a node or a health answer. */
export function showService(service: ServiceRecord): Shown {
  return {
    ...showAgentService(service),
    Proxy: { MeshGateway: {}, Expose: {} },
    Connect: {},
    CreateIndex: service.createIndex,
    ModifyIndex: service.modifyIndex,
  };
}

/** A service instance as the agent shows it. */
export function showAgentService(service: ServiceRecord): Shown {
  return {
    Kind: service.kind === '' ? undefined : service.kind,
    ID: service.id,
    Service: service.name,
    Tags: service.tags,
    Meta: service.meta,
    Port: service.port,
    Address: service.address,
    TaggedAddresses: service.taggedAddresses,
    Weights: service.weights,
    EnableTagOverride: service.enableTagOverride,
  };
}

/** A service instance together with its node, as `/v1/catalog/service` shows it. */
export function showCatalogService(service: ServiceRecord, node: NodeRecord, datacenter: string): Shown {
  return {
    ID: node.id,
    Node: node.node,
    Address: node.address,
    Datacenter: datacenter,
    TaggedAddresses: node.taggedAddresses ?? null,
    NodeMeta: node.meta ?? null,
    ServiceKind: service.kind,
    ServiceID: service.id,
    ServiceName: service.name,
    ServiceTags: service.tags,
    ServiceAddress: service.address,
    ServiceTaggedAddresses: service.taggedAddresses,
    ServiceWeights: service.weights,
    ServiceMeta: service.meta,
    ServicePort: service.port,
    ServiceEnableTagOverride: service.enableTagOverride,
    ServiceProxy: { MeshGateway: {}, Expose: {} },
    ServiceConnect: {},
    CreateIndex: service.createIndex,
    ModifyIndex: service.modifyIndex,
  };
}

/** A check as the catalog shows it. */
export function showCheck(check: CheckRecord): Shown {
  return {
    Node: check.node,
    CheckID: check.checkId,
    Name: check.name,
    Status: check.status,
    Notes: check.notes,
    Output: check.output,
    ServiceID: check.serviceId,
    ServiceName: check.serviceName,
    ServiceTags: check.serviceTags,
    Type: check.type,
    Definition: {},
    CreateIndex: check.createIndex,
    ModifyIndex: check.modifyIndex,
  };
}

/** A check as the agent shows it: its own view knows no indexes. */
export function showAgentCheck(check: CheckRecord): Shown {
  return { ...showCheck(check), CreateIndex: 0, ModifyIndex: 0 };
}
