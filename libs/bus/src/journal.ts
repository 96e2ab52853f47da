import type { WireError } from '@usher/contracts';

/** How a command ended: the parts of its answer in order, or the error. */
export type CommandOutcome = { ok: true; parts: unknown[] } | { ok: false; error: WireError };

export interface JournalEntry {
  commandId: string;
  /** `session.stop@1` */
  op: string;
  /** sha256 (hex) of op and arguments: the same id with another content is refused. */
  argsSha256: string;
  state: 'intent' | 'done';
  /** Epoch ms of the intent. */
  at: number;
  /** Present when `state` is `done`. */
  outcome?: CommandOutcome;
}

/**
 * Answers repeated commands. On disk at the agent for commands that change something, in memory for reads.
 * `intent` and `done` resolve only when the entry would survive a crash of the process (and, on disk, of the machine).
 */
export interface CommandJournal {
  find(commandId: string): Promise<JournalEntry | null>;
  intent(commandId: string, argsSha256: string, op: string): Promise<void>;
  done(commandId: string, outcome: CommandOutcome): Promise<void>;
  /** The sender has confirmed the whole result. The entry must stay for 660 s more: no older copy can be valid after that. */
  acknowledged(commandId: string): Promise<void>;
}

/** The highest epoch seen per fence name; kept on disk by the agent. */
export interface FenceStore {
  /** 0 when the name was never seen. */
  highest(name: string): number;
  /** Resolves when the higher epoch is durable. */
  raise(name: string, epoch: number): Promise<void>;
}
