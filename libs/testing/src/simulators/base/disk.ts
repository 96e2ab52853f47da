import { posix } from 'node:path';
import type { Catalogue } from './catalogue.js';

/** What a simulated server sees of its disk: the folders and files of its libraries, and what a test adds or hides. */
export class SimulatedDisk {
  freeBytes = 2_000_000_000_000;
  usedBytes = 6_000_000_000_000;
  private readonly added = new Set<string>();
  private readonly hidden: string[] = [];

  constructor(private readonly catalogue: Catalogue) {}

  /** A folder or file that belongs to no library. */
  add(path: string): void {
    this.added.add(path);
  }

  /** As if it was not mounted: neither it nor what lies below is seen. */
  hide(path: string): void {
    this.hidden.push(path);
  }

  isFile(path: string): boolean {
    return this.isSeen(path) && this.files().some((file) => file === path);
  }

  isFolder(path: string): boolean {
    return this.isSeen(path) && this.folders().has(path);
  }

  /** Names directly below a folder; null when there is no such folder. */
  list(path: string): { folders: string[]; files: string[] } | null {
    if (path !== '/' && !this.isFolder(path)) return null;
    const within = (entry: string) => entry !== '/' && posix.dirname(entry) === path && this.isSeen(entry);
    return { folders: [...this.folders()].filter(within), files: this.files().filter(within) };
  }

  private isSeen(path: string): boolean {
    return !this.hidden.some((root) => path === root || path.startsWith(`${root}/`));
  }

  private files(): string[] {
    return [...this.catalogue.leaves().map((item) => item.path), ...[...this.added].filter((path) => posix.extname(path) !== '')];
  }

  private folders(): Set<string> {
    const folders = new Set<string>();
    const climb = (path: string): void => {
      for (let folder = path; folder !== '/' && folder !== '.' && !folders.has(folder); folder = posix.dirname(folder)) folders.add(folder);
    };
    for (const library of this.catalogue.libraries) for (const folder of library.folders) climb(folder);
    for (const path of this.files()) climb(posix.dirname(path));
    for (const path of this.added) if (posix.extname(path) === '') climb(path);
    return folders;
  }
}
