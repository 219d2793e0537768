import type { Output } from '../output/output.js';
import type { LogEntry } from './log-entry.js';
import type { LogSource } from './log-source.js';

/** Prints lines of logs, with the slot and the container before them as soon as there are several. */
export class LogPrinter {
  readonly #output: Output;
  readonly #timestamps: boolean;
  readonly #labels = new Set<string>();
  #width = 0;

  constructor(output: Output, timestamps: boolean) {
    this.#output = output;
    this.#timestamps = timestamps;
  }

  /** Containers that are known before their first line. */
  expect(sources: readonly LogSource[]): void {
    for (const source of sources) {
      const label = labelOf(source);
      this.#labels.add(label);
      this.#width = Math.max(this.#width, label.length);
    }
  }

  async print(entry: LogEntry): Promise<void> {
    this.expect([entry.source]);
    await this.#output.line(this.#output.json ? toJson(entry) : this.#format(entry));
  }

  #format({ source, time, text }: LogEntry): string {
    const { style } = this.#output;
    const label = this.#labels.size > 1 ? style.dim(`${labelOf(source).padEnd(this.#width)} | `) : '';
    return `${label}${this.#timestamps ? `${style.dim(time)} ` : ''}${text}`;
  }
}

function labelOf({ slot, container }: LogSource): string {
  return `${slot}/${container}`;
}

function toJson({ source, stream, time, text }: LogEntry): string {
  const { slot, pod, index, container } = source;
  return JSON.stringify({ slot, pod, index, container, stream, time, text });
}
