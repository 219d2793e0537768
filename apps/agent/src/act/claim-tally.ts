/** How often slots were asked for, and how often with success: every attempt is a write in Consul, also a losing one. */
export class ClaimTally {
  #attempts = 0;
  #claimed = 0;

  /** Counts an attempt; call what it returns when the claim was got. */
  attempt(): () => void {
    this.#attempts += 1;
    return () => {
      this.#claimed += 1;
    };
  }

  /** The counts since the agent started. */
  counts(): { readonly attempts: number; readonly claimed: number } {
    return { attempts: this.#attempts, claimed: this.#claimed };
  }
}
