import type { Cluster } from '@raftainer/cluster';

/** The pod that is changed while the others run. */
export const CHANGED_POD = 'changed';

/** A definition of ordinary size: what most services have. */
export function simulatedPod(name: string, instances: number, version = '1'): object {
  return {
    name,
    instances,
    containers: [
      {
        name: 'app',
        image: `registry.example.com/team/${name}:1.4.2`,
        environment: {
          LOG_LEVEL: 'info',
          DATABASE_URL: `postgres://db.example.com/${name}`,
          VERSION: version,
        },
        ports: [{ name: 'http', containerPort: 8080, publish: 'internal' }],
        resources: { cpu: 0.1, memory: '64Mi' },
      },
    ],
  };
}

/** Defines pods of so many instances each, until there are so many slots, the one of {@link CHANGED_POD} among them. */
export async function definePods(
  cluster: Cluster,
  { slots, instances }: { readonly slots: number; readonly instances: number },
): Promise<number> {
  const names = Array.from({ length: Math.ceil((slots - 1) / instances) }, (_, index) => `pod-${index}`);
  await cluster.pods.put(CHANGED_POD, simulatedPod(CHANGED_POD, 1));
  let left = slots - 1;
  for (const name of names) {
    await cluster.pods.put(name, simulatedPod(name, Math.min(instances, left)));
    left -= instances;
  }
  return names.length + 1;
}
