import { isStatus } from '../agent/check-request.js';
import { parseServiceFields } from '../agent/service-request.js';
import type { ConsulContext } from '../consul-context.js';
import { nodeKey } from '../state/records.js';
import type { StateWriter } from '../state/state-writer.js';
import { Fault } from '../wire/fault.js';
import { goFields, parseJsonBody } from '../wire/go-fields.js';
import { putCheck, putNode, putService, removeCheck, removeNode, removeService } from './catalog-writes.js';

type Body = Readonly<Record<string, unknown>>;

const FIELDS = [
  'ID',
  'Node',
  'Address',
  'TaggedAddresses',
  'NodeMeta',
  'Service',
  'Check',
  'Checks',
  'SkipNodeUpdate',
];
const SERVICE_FIELDS = [
  'ID',
  'Service',
  'Tags',
  'Address',
  'Port',
  'Meta',
  'TaggedAddresses',
  'Weights',
  'EnableTagOverride',
  'Kind',
];
const CHECK_FIELDS = ['Node', 'CheckID', 'Name', 'Status', 'Notes', 'Output', 'ServiceID'];

/** `/v1/catalog/register`: a node that runs no agent, with one service and its checks. Nobody runs these checks. */
export function registerExternal(context: ConsulContext, body: Buffer): void {
  const fields = goFields(parseJsonBody(body), FIELDS);
  const node = fields.text('Node') ?? '';
  const address = fields.text('Address') ?? '';
  const skipNode = fields.flag('SkipNodeUpdate') === true;
  if (node === '') throw new Fault(500, 'Must provide node');
  if (address === '' && !skipNode) throw new Fault(500, 'Must provide address if SkipNodeUpdate is not set');
  const single = fields.object('Check');
  const checks = [...(single === undefined ? [] : [single]), ...(fields.objects('Checks') ?? [])];
  const service = fields.object('Service');
  context.store.write((state) => {
    if (!skipNode) {
      const id = fields.text('ID') ?? '';
      const meta = fields.textMap('NodeMeta');
      putNode(state, { id, node, address, taggedAddresses: fields.textMap('TaggedAddresses'), meta });
    } else if (state.get('nodes', node) === undefined) {
      throw new Fault(500, `failed inserting service: missing node registration`);
    }
    if (service !== undefined) putExternalService(state, { context, node, body: service });
    for (const check of checks) putExternalCheck(state, { context, node, body: check });
  });
}

/** `/v1/catalog/deregister`: a check, a service, or a whole node with all of its sessions. */
export function deregisterExternal(context: ConsulContext, body: Buffer): void {
  const fields = goFields(parseJsonBody(body), ['Node', 'ServiceID', 'CheckID']);
  const node = fields.text('Node') ?? '';
  const serviceId = fields.text('ServiceID') ?? '';
  const checkId = fields.text('CheckID') ?? '';
  if (node === '') throw new Fault(500, 'Must provide node');
  context.store.write((state) => {
    if (serviceId !== '') {
      const service = state.get('services', nodeKey(node, serviceId));
      if (service !== undefined) removeService(state, service, context.clock());
    } else if (checkId !== '') {
      const check = state.get('checks', nodeKey(node, checkId));
      if (check !== undefined) removeCheck(state, check, context.clock());
    } else {
      removeNode(state, node, context.clock());
    }
  });
}

interface ExternalRecord {
  readonly context: ConsulContext;
  readonly node: string;
  readonly body: Body;
}

function putExternalService(state: StateWriter, record: ExternalRecord): void {
  const fields = goFields(record.body, SERVICE_FIELDS);
  const name = fields.text('Service') ?? '';
  if (name === '') throw new Fault(500, 'Must provide service name with ID');
  const id = fields.text('ID') ?? '';
  const who = { node: record.node, id: id === '' ? name : id, name };
  putService(state, { ...parseServiceFields(fields, who), agent: false }, record.context.clock());
}

function putExternalCheck(state: StateWriter, record: ExternalRecord): void {
  const fields = goFields(record.body, CHECK_FIELDS);
  const status = fields.text('Status') ?? '';
  const id = fields.text('CheckID') ?? '';
  const name = fields.text('Name') ?? '';
  const check = {
    node: record.node,
    checkId: id === '' ? name : id,
    name,
    status: isStatus(status) ? status : ('critical' as const),
    notes: fields.text('Notes') ?? '',
    output: fields.text('Output') ?? '',
    serviceId: fields.text('ServiceID') ?? '',
    serviceName: '',
    serviceTags: [],
    type: '',
    run: undefined,
  };
  putCheck(state, check, record.context.clock());
}
