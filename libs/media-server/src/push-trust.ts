/** A vendor whose push was seen to stay silent has to tell this many changes before a poll finds them. */
const PROOFS = 3;
/** After a lie the polls go on at the pace of a server without push, and double their pause each time they agree. */
const SLOWEST_CHECK_MS = 60_000;

/**
 * Whether what a push channel tells can be relied on, by what it told and what polls found. Silence is no news only where
 * the channel has shown that it speaks.
 */
export class PushTrust {
  #isOpen = false;
  #proofs = 0;
  /** Polls that agreed since the last lie; null = no lie. */
  #agreed: number | null = null;
  #hasSpoken = false;
  /** It kept something back and has never said a word. */
  #isSilent = false;

  constructor(private readonly reliable: boolean) {}

  opened(): void {
    this.#isOpen = true;
    this.#proofs = 0;
    this.#agreed = null;
    this.#hasSpoken = false;
    this.#isSilent = false;
  }

  closed(): void {
    this.#isOpen = false;
  }

  /** Something came; `isNews` when nobody knew it before. */
  told(isNews: boolean): void {
    this.#hasSpoken = true;
    this.#isSilent = false;
    if (isNews) this.#proofs++;
  }

  /** A poll was compared with what push had told. @returns whether the channel is found to be open and dead, once */
  compared(missed: boolean, pollMs: number): boolean {
    if (!this.#isOpen) return false;
    if (missed) {
      this.#agreed = 0;
      this.#proofs = 0;
    } else if (this.#agreed !== null && this.#checkMs(pollMs) < SLOWEST_CHECK_MS) this.#agreed++;
    else this.#agreed = null;
    const isDead = missed && !this.#hasSpoken && !this.#isSilent;
    if (isDead) this.#isSilent = true;
    return isDead;
  }

  /** As the pace of the polls asks for it. */
  level(pollMs: number): 'trusted' | number | 'none' {
    if (!this.#isOpen || this.#isSilent || (!this.reliable && this.#proofs < PROOFS)) return 'none';
    return this.#agreed === null ? 'trusted' : this.#checkMs(pollMs);
  }

  #checkMs(pollMs: number): number {
    return pollMs * 2 ** (this.#agreed ?? 0);
  }
}
