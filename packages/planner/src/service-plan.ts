/** A Consul service of a slot, with the TTL check that the agent passes while the slot is healthy. */
export interface ServicePlan {
  /** Unique on the Consul agent: `raftainer-{pod}-{index}`, or that with `:{port name}`. */
  readonly id: string;
  /** What clients ask for: `{pod}` or `{pod}-{port name}`. */
  readonly name: string;
  readonly address: string;
  readonly port?: number;
  readonly tags: readonly string[];
  readonly meta: Readonly<Record<string, string>>;
  readonly checkId: string;
}
