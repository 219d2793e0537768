import type { ContainerPlan } from './container-plan.js';
import type { ContainerSecrets } from './container-secrets.js';
import type { Reason } from './reason.js';
import type { ServicePlan } from './service-plan.js';
import type { PullPolicy } from '@raftainer/pod-spec';

/** A container that an action stops. */
export interface StopTarget {
  readonly id: string;
  readonly name: string;
  /** Time before SIGKILL, in milliseconds. */
  readonly gracePeriodMs: number;
}

/** What each kind of action needs to know. {@link Action} is the closed union over this map. */
export interface ActionPayloads {
  /** Take the slot's claim; nothing after it happens unless this host gets it. */
  readonly 'acquire-claim': { readonly revision: string; readonly session: string };
  /** Write the new revision into the claim that this host holds. */
  readonly 'update-claim': { readonly revision: string; readonly since?: string; readonly session: string };
  /**
   * Give the claim up; the containers are gone by then. Without a session it is not held; `forget` removes the record.
   * `withoutEngine`: the engine cannot be asked, and no process of the slot lives.
   */
  readonly 'release-claim': {
    readonly session?: string;
    readonly forget: boolean;
    readonly withoutEngine?: boolean;
  };
  readonly 'ensure-image': { readonly image: string; readonly policy: PullPolicy };
  readonly 'create-network': {
    readonly name: string;
    readonly subnet: string;
    readonly labels: Readonly<Record<string, string>>;
  };
  readonly 'remove-network': { readonly id: string; readonly name: string };
  readonly 'create-container': { readonly container: ContainerPlan };
  /** Start it; its files are written first. */
  readonly 'start-container': { readonly name: string; readonly secrets?: ContainerSecrets };
  /** Have the secrets of containers that are to be made at hand, before anything makes way for them. */
  readonly 'resolve-secrets': { readonly containers: readonly ContainerSecrets[] };
  /** Rewrite the files of a running container, and signal it where its definition says so. */
  readonly 'refresh-files': {
    readonly id: string;
    readonly name: string;
    readonly secrets: ContainerSecrets;
  };
  /** Wait until a container has come so far: a startup container to exit with 0, a dependency to be healthy. */
  readonly 'await-container': { readonly name: string; readonly condition: 'completed' | 'healthy' };
  /** Stop containers side by side. */
  readonly 'stop-containers': { readonly containers: readonly StopTarget[] };
  readonly 'remove-container': { readonly id: string; readonly name: string };
  readonly 'register-service': { readonly service: ServicePlan };
  readonly 'deregister-service': { readonly id: string };
}

export type ActionType = keyof ActionPayloads;

/** One step towards the definition: data, carrying its reason. */
export type Action<T extends ActionType = ActionType> = {
  [K in T]: { readonly type: K; readonly reason: Reason } & ActionPayloads[K];
}[T];
