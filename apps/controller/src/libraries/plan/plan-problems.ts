import type { AppError } from '@usher/contracts';
import type { CopyTally, FileTrouble } from './plan-files.js';
import type { PlanServer } from './library-plans.repository.js';
import type { PlannedLibrary, PlanPathRow, PlanProblem, PlanSpace, PlanTierCount, PlanWatcher, ProblemSeverity } from './plan-result.js';

/** All that was found out, before it is put into words. */
export interface Findings {
  readonly source: PlanServer;
  readonly target: PlanServer;
  /** Readings and questions that failed: which server, and why. */
  readonly failures: readonly { readonly server: PlanServer; readonly what: string; readonly error: AppError }[];
  readonly libraries: readonly PlannedLibrary[];
  readonly mixedTypes: readonly { readonly name: string; readonly type: string; readonly targetName: string; readonly targetType: string; readonly sourceVendorId: string }[];
  readonly pathMap: readonly PlanPathRow[];
  readonly tally: CopyTally;
  readonly space: readonly PlanSpace[];
  readonly tiers: readonly PlanTierCount[];
  readonly watchers: readonly PlanWatcher[];
  readonly targetStreams: number;
}

type Words = Pick<PlanProblem, 'title' | 'why' | 'next'> & Partial<Pick<PlanProblem, 'libraryVendorId' | 'path' | 'count' | 'examples'>>;

/** Every problem with why and what to do next; blockers first. And what was looked at and is fine. */
export function problemsOf(findings: Findings): { problems: PlanProblem[]; fine: string[] } {
  const problems: PlanProblem[] = [];
  const fine: string[] = [];
  const add = (severity: ProblemSeverity, code: string, words: Words): void => {
    const id = [code, words.libraryVendorId, words.path].filter(Boolean).join(' ');
    problems.push({ libraryVendorId: null, path: null, count: 1, examples: [], ...words, id: problems.some((other) => other.id === id) ? `${id} ${problems.length}` : id, severity, code });
  };
  const check = (name: string, look: () => void): void => {
    const before = problems.length;
    look();
    if (problems.length === before) fine.push(name);
  };
  check('servers and agents', () => serverProblems(findings, add));
  check('library types', () => typeProblems(findings, add));
  check('path map', () => pathProblems(findings, add));
  check('file names', () => nameProblems(findings.tally, add));
  check('free space', () => spaceProblems(findings, add));
  check('evidence of matches', () => matchProblems(findings, add));
  check('people', () => peopleProblems(findings, add));
  const order: readonly ProblemSeverity[] = ['blocker', 'warning', 'information'];
  return { problems: problems.sort((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity)), fine };
}

type Add = (severity: ProblemSeverity, code: string, words: Words) => void;

function serverProblems({ failures, target, targetStreams }: Findings, add: Add): void {
  for (const { server, what, error } of failures) {
    add('blocker', error.code, { title: `${server.alias}: ${what}`, why: error.message, next: error.next, examples: [] });
  }
  if (target.readOnly) {
    add('blocker', 'SERVER_READ_ONLY', { title: `${target.alias} is read-only`, why: 'Nothing is written to a server in read-only mode.', next: `Switch read-only mode off for ${target.alias}.` });
  }
  if (targetStreams > 0) {
    add('information', 'TARGET_IN_USE', { title: `${plural(targetStreams, 'stream')} on ${target.alias} now`, why: 'A scan and a copy slow them down.', next: 'Choose a quiet hour, or a maintenance window.', count: targetStreams });
  }
}

function typeProblems({ mixedTypes }: Findings, add: Add): void {
  for (const { name, type, targetName, targetType, sourceVendorId } of mixedTypes) {
    add('blocker', 'LIBRARY_TYPE_DIFFERS', { title: `${name} holds ${type}, ${targetName} holds ${targetType}`, why: 'A media server looks for its own type of title only.', next: 'Choose another library of the target, or let one be created.', libraryVendorId: sourceVendorId });
  }
}

function pathProblems({ pathMap, target, tally }: Findings, add: Add): void {
  for (const { from, to, verdict, samplesMissing, samplesTried, libraryVendorId } of pathMap) {
    const place = { libraryVendorId, path: to ?? from };
    if (to === null) {
      add('blocker', 'PATH_NOT_MAPPED', { ...place, title: `${from} leads nowhere`, why: `No folder of ${target.alias} is like it.`, next: `Name the folder of ${target.alias} where its files should be.` });
    } else if (verdict === 'unreadable') {
      add('blocker', 'PATH_UNREADABLE', { ...place, title: `${target.alias} cannot see ${to}`, why: 'Its media server does not find the folder: it is not there, not mounted, or not allowed.', next: `Make the folder visible to ${target.alias} (a volume, a mount, a right), or name another; then check again.` });
    } else if (verdict === 'unknown') {
      add('warning', 'PATH_NOT_CHECKED', { ...place, title: `${to} was not checked`, why: `${target.alias} could not be asked whether it sees the folder.`, next: 'Check again when its agent is online.' });
    }
    if (samplesMissing.length > 0) {
      add('warning', 'SAMPLES_MISSING', { ...place, title: `${samplesMissing.length} of ${plural(samplesTried, 'sample')} not below ${to}`, why: 'Titles that both have should lie at the mapped place.', next: 'Correct the row if its folder is wrong; leave it when the target sorts its files in another way.', count: samplesMissing.length, examples: samplesMissing.slice(0, 10) });
    }
  }
  trouble(tally.unmapped, (count, examples) => add('blocker', 'FILES_NOT_MAPPED', { title: `${plural(count, 'file')} outside the path map`, why: 'No row covers their folder.', next: 'Add a row for their folder.', count, examples }));
}

function nameProblems({ doubled, caseClashes, badNames }: CopyTally, add: Add): void {
  trouble(doubled, (count, examples) => add('blocker', 'FILES_COLLIDE', { title: `${plural(count, 'file')} on the place of another one`, why: 'Two files of the source would have one path on the target.', next: 'Give their folders different places in the path map.', count, examples }));
  trouble(caseClashes, (count, examples) => add('warning', 'NAMES_DIFFER_IN_CASE', { title: `${plural(count, 'file')} different only in capitals`, why: 'A disk that does not tell capitals apart holds one of them.', next: 'Leave one out, or rename it on the source.', count, examples }));
  trouble(badNames, (count, examples) => add('blocker', 'NAMES_NOT_ALLOWED', { title: `${plural(count, 'name')} not allowed on the target`, why: 'A name is longer than 255 bytes, or holds what its system reserves.', next: 'Rename them on the source.', count, examples }));
}

function spaceProblems({ space, target, tally }: Findings, add: Add): void {
  for (const { path, freeBytes, neededBytes, copyBytes } of space) {
    if (copyBytes === 0) continue;
    if (freeBytes === null) {
      add('warning', 'SPACE_UNKNOWN', { path, title: `Free space of ${target.alias} is unknown`, why: 'Its media server does not tell how much room its disks have.', next: `Look there yourself: ${gib(neededBytes)} are needed.` });
    } else if (freeBytes < neededBytes) {
      add('blocker', 'SPACE_SHORT', { path, title: `${gib(neededBytes - freeBytes)} are missing below ${path}`, why: `${gib(neededBytes)} are needed (copy × 1.10 + 5 GiB), ${gib(freeBytes)} are free.`, next: 'Leave out a library, make room, or lead a row to another disk.' });
    }
  }
  const unknown = [...tally.byLibrary.values()].reduce((sum, { filesOfUnknownSize }) => sum + filesOfUnknownSize, 0);
  if (unknown > 0) add('warning', 'SIZES_UNKNOWN', { title: `${plural(unknown, 'file')} of unknown size`, why: 'The source did not tell it, so more room is needed than is shown.', next: 'Let the source analyze these files, then check again.', count: unknown });
}

function matchProblems({ tiers, libraries }: Findings, add: Add): void {
  const of = (...names: string[]) => tiers.filter(({ tier }) => names.includes(tier)).reduce((sum, { count }) => sum + count, 0);
  const [weak, undecided] = [of('D', 'E'), of('X')];
  if (weak > 0) add('warning', 'WEAK_MATCHES', { title: `${plural(weak, 'title')} matched by weak evidence`, why: 'A path and length, an episode number or a name agree, but no id does.', next: 'Look through the list; what is wrong there would be left out of the copy.', count: weak });
  if (undecided > 0) add('warning', 'CANNOT_MATCH', { title: `${plural(undecided, 'title')} without a clear match`, why: 'Their ids contradict each other, or several titles fit.', next: 'Correct their metadata on one of the servers; until then they are not copied.', count: undecided });
  const versions = libraries.reduce((sum, { otherVersion }) => sum + otherVersion, 0);
  if (versions > 0) add('information', 'OTHER_VERSIONS', { title: `${plural(versions, 'title')} in another version`, why: 'Both servers have them, in different files.', next: 'They are not copied; plan them apart if you want both.', count: versions });
}

function peopleProblems({ watchers, source, target }: Findings, add: Add): void {
  for (const { userName, targetUserName, watched, begun } of watchers) {
    if (targetUserName !== null) continue;
    add('warning', 'USER_MISSING', { path: userName, title: `${userName} has no user on ${target.alias}`, why: `Nowhere to go: ${plural(watched + begun, 'title')} watched on ${source.alias} in 90 days.`, next: `Make a user for ${userName} on ${target.alias}, or go without these states.`, count: watched + begun });
  }
}

function trouble({ count, examples }: FileTrouble, tell: (count: number, examples: string[]) => void): void {
  if (count > 0) tell(count, examples);
}

function plural(count: number, word: string): string {
  return `${count.toLocaleString('en')} ${word}${count === 1 ? '' : 's'}`;
}

function gib(bytes: number): string {
  return bytes >= 2 ** 40 ? `${(bytes / 2 ** 40).toFixed(2)} TiB` : `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}
