import { TestHost } from '../support/test-host.js';
import { sleepingPod } from '../support/definitions.js';
import { testImage, uniqueName, eventually } from '@raftainer/testing';
const image = await testImage();
const host = await TestHost.create();
const pod = uniqueName('sig');
await host.put(sleepingPod(pod, image, {}));
await host.untilRunning(pod);
for (let i = 0; i < 12; i++) {
  const t = Date.now();
  const code = await Promise.race([host.agent.end('SIGTERM'), new Promise((r) => setTimeout(() => r('HANG'), 60000))]);
  console.log(i, 'exit', code, Date.now() - t);
  if (code === 'HANG') { console.log(host.agent.output.slice(-3000)); process.kill(host.agent.pid!, 'SIGKILL'); break; }
  const before = host.agent.output.length;
  host.agent.start();
  await eventually(() => host.agent.output.slice(before).includes('is present in the cluster'), { timeoutMs: 60000 });
  if (i % 3 === 1) await host.put(sleepingPod(pod, image, { environment: { I: String(i) } }));
  await new Promise((r) => setTimeout(r, (i * 137) % 900));
}
await host.close();
