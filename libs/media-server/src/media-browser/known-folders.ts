import type { MediaUser } from '@usher/contracts';
import type { Fields } from './fields.js';
import { foldersOf, grantedLibraries, type PolicyFolder } from './policy.mapper.js';
import type { UserRow } from './user.mapper.js';

/** The libraries as they were listed last, in the names of policies: what accounts see is told without a call of its own. */
export class KnownFolders {
  #folders: readonly PolicyFolder[] | null = null;

  constructor(private readonly folderOf: (row: Fields) => PolicyFolder | null) {}

  /** An answer to any listing of the libraries. */
  readonly note = (answer: unknown): void => {
    this.#folders = foldersOf(answer, this.folderOf) ?? this.#folders;
  };

  accountOf({ user, policy }: UserRow): MediaUser {
    return policy && this.#folders ? { ...user, libraries: grantedLibraries(policy, this.#folders) } : user;
  }
}
