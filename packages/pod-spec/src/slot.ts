/** Names a slot, a numbered instance of a pod: `web/0`. */
export type SlotId = `${string}/${number}`;

/** The two parts of a {@link SlotId}. */
export interface SlotRef {
  readonly pod: string;
  /** From 0. */
  readonly index: number;
}

/** The id of a slot: `web`, 0 → `web/0`. */
export function slotIdOf(slot: SlotRef): SlotId {
  return `${slot.pod}/${slot.index}`;
}

/** The parts of a slot id. Pod names hold no slash. */
export function slotRefOf(id: SlotId): SlotRef {
  const slash = id.lastIndexOf('/');
  return { pod: id.slice(0, slash), index: Number(id.slice(slash + 1)) };
}

/** The parts of a text that should be a slot id, or undefined when it is none (`web`, `web/01`, `web/-1`). */
export function parseSlotId(text: string): SlotRef | undefined {
  const match = /^([^/]+)\/(0|[1-9]\d{0,8})$/.exec(text);
  const [, pod, index] = match ?? [];
  return pod === undefined || index === undefined ? undefined : { pod, index: Number(index) };
}
