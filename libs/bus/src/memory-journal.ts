import type { CommandJournal, CommandOutcome, JournalEntry } from './journal.js';

/** Outcomes of reads can be large, so only the latest are kept; ids are kept for longer, so that an old copy is not run again. */
const MAX_OUTCOMES = 32;
const MAX_IDS = 10_000;

/** For commands that only read: nothing to save over a crash. */
export class MemoryJournal implements CommandJournal {
  private readonly entries = new Map<string, JournalEntry>();
  private readonly withOutcome: string[] = [];

  async find(commandId: string): Promise<JournalEntry | null> {
    return this.entries.get(commandId) ?? null;
  }

  async intent(commandId: string, argsSha256: string, op: string): Promise<void> {
    this.entries.set(commandId, { commandId, op, argsSha256, state: 'intent', at: Date.now() });
    const oldest = this.entries.keys().next().value;
    if (this.entries.size > MAX_IDS && oldest !== undefined) this.entries.delete(oldest);
  }

  async done(commandId: string, outcome: CommandOutcome): Promise<void> {
    const entry = this.entries.get(commandId);
    if (!entry) return;
    this.entries.set(commandId, { ...entry, state: 'done', outcome });
    this.withOutcome.push(commandId);
    if (this.withOutcome.length > MAX_OUTCOMES) this.forgetOutcome(this.withOutcome.shift()!);
  }

  async acknowledged(): Promise<void> {
    // Entries leave by number, not by time.
  }

  private forgetOutcome(commandId: string): void {
    const entry = this.entries.get(commandId);
    if (entry) this.entries.set(commandId, { ...entry, outcome: undefined });
  }
}
