import type { SlotView } from '../fleet/pod-view.js';
import type { Output } from '../output/output.js';

/** Says on stderr what changed since it was last told, one line for each slot that changed. */
export class Progress {
  readonly #output: Output;
  readonly #told = new Map<string, string>();

  constructor(output: Output) {
    this.#output = output;
  }

  async tell(slots: readonly SlotView[]): Promise<void> {
    for (const slot of slots) {
      const line = this.#describe(slot);
      if (this.#told.get(slot.slot) !== line) {
        this.#told.set(slot.slot, line);
        await this.#output.note(line);
      }
    }
  }

  #describe({ slot, phase, host, why, ready, held }: SlotView): string {
    const { noteStyle: style } = this.#output;
    const word = ready ? style.good(phase) : phase;
    const where = held && host !== undefined ? ` on ${host}` : '';
    const because = why.length === 0 ? '' : style.dim(` (${why.join('; ')})`);
    return `  ${slot}  ${word}${where}${because}`;
  }
}
