/** Why an action is taken. The same words stand in logs, status records, the CLI and tests. */
export const REASONS = {
  'slot-free': 'nobody holds the slot and this host may run it',
  'claim-missing': 'the containers run here, but the claim has to be taken again',
  'lock-opens-soon': "the slot's holder is lost, and this host takes it as soon as its lock delay is over",
  'network-missing': "the slot's network is not there",
  'container-missing': 'a container of the definition is not there',
  'container-exited': 'a container ended that should run',
  'container-unstarted': 'a container was created but never started',
  'container-changed': 'the definition of the container changed',
  'container-dropped': 'the definition no longer has this container',
  'container-duplicate': 'there is more than one of this container',
  'secret-changed': 'a secret of the container is another one now',
  'image-changed': 'the definition was edited, and its image reference now means another image',
  'startup-failed': 'a startup container ended with an error',
  'service-missing': "the slot's service is not registered",
  'service-changed': "the slot's registration is out of date",
  'service-orphaned': 'a service is registered that no slot here accounts for',
  'revision-changed': 'the claim names an older revision',
  'pod-removed': 'the pod definition was removed',
  'scaled-down': 'the pod has fewer instances now',
  'exclusive-changed': 'the pod became exclusive or stopped being so, which takes another kind of claim',
  'claim-held-elsewhere': 'another host holds the slot',
  'constraint-failed': 'this host no longer meets the constraints of the pod',
  'agent-stopping': 'the agent was told to stop its pods',
  'host-draining': 'the host is draining and another one can take the slot',
  'slot-moving': 'the slot was asked to go to another host, and that one can take it',
  'host-policy': 'the policy of this host does not allow the pod, and nothing of it runs any more',
  'engine-down': 'the Docker engine of this host does not answer, and nothing of the slot lives here',
  'restart-limit': 'the slot failed more often than its restart policy allows',
} as const satisfies Readonly<Record<string, string>>;

/** A word of the fixed vocabulary {@link REASONS}. */
export type Reason = keyof typeof REASONS;
