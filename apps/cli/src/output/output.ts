import type { Io } from '../io.js';
import type { Style } from './style.js';
import { createStyle } from './style.js';

/** What a command prints: results to stdout, everything else to stderr. */
export class Output {
  readonly json: boolean;
  /** For results. */
  readonly style: Style;
  /** For notes. */
  readonly noteStyle: Style;
  readonly #io: Io;

  constructor(io: Io, json: boolean) {
    this.#io = io;
    this.json = json;
    this.style = createStyle(!json && io.stdout.isTTY, io.env);
    this.noteStyle = createStyle(!json && io.stderr.isTTY, io.env);
  }

  /** One line of a result. */
  async line(text: string): Promise<void> {
    await this.#io.stdout.write(`${text}\n`);
  }

  /** The whole result as one JSON document, indented on a terminal. */
  async document(value: unknown): Promise<void> {
    await this.line(JSON.stringify(value, undefined, this.#io.stdout.isTTY ? 2 : undefined));
  }

  /** Progress and remarks for people; nothing under `--json`. */
  async note(text: string): Promise<void> {
    if (!this.json) {
      await this.#io.stderr.write(`${text}\n`);
    }
  }
}
