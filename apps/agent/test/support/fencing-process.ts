import { EngineCalls } from '../../src/guard/engine-calls.js';
import { Fencer } from '../../src/guard/fencer.js';
import { monotonicNow } from '../../src/lease/monotonic.js';

/** Arguments: a container, and for how many milliseconds its claim is proven. Prints what is done to it. */
const [, , container = '', leaseMs = '0'] = process.argv;

const fencer = new Fencer({
  engine: new EngineCalls(process.env),
  ...{ labels: { 'raftainer.test': container }, graceLabel: 'none', stopTimeoutMs: 2_000, fenceAt: Infinity },
  onFence: ({ action }) => process.stdout.write(`${action}\n`),
});
const sentAt = monotonicNow();
fencer.apply({ kind: 'renew', session: 's1', sentAt, fenceAt: sentAt + Number(leaseMs) });
fencer.apply({ kind: 'containers', session: 's1', claimed: [container], unclaimed: [] });
process.stdout.write('guarding\n');
setInterval(() => undefined, 60_000);
