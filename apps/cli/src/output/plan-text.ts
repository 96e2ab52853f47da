import type { CliLibraryPlanFieldsFragment } from '@usher/api-client';
import { countText } from './time-text.js';

/** `3.40 TiB`, `27.0 GiB`, `512 B`. */
export function bytesText(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(unit >= 4 ? 2 : 1)} ${units[unit]}`;
}

const STEPS: Readonly<Record<string, string>> = {
  READ_SOURCE: 'reading the source',
  READ_TARGET: 'reading the target',
  MATCH: 'comparing titles',
  PATHS: 'checking folders',
  SPACE: 'adding up files',
  WATCHERS: 'looking who watches',
};
const MARKS = { BLOCKER: '!', WARNING: '?', INFORMATION: '·' } as const;

/** `2/6 reading the target, 1,500 of 48,102`. */
export function progressText({ progress }: CliLibraryPlanFieldsFragment): string {
  if (!progress) return 'waiting for its turn';
  const number = (value: number) => value.toLocaleString('en');
  const part = progress.total ? `, ${number(progress.done)} of ${number(progress.total)}` : progress.done ? `, ${number(progress.done)}` : '';
  return `${progress.stepNumber}/${progress.steps} ${STEPS[progress.step] ?? progress.step}${part}`;
}

/** A finished precheck as people read it. */
export function planLines(plan: CliLibraryPlanFieldsFragment, names: { source: string; target: string }): string[] {
  const head = `${names.source} → ${names.target}  plan ${plan.id}  revision ${plan.rev}${plan.isStale ? '  STALE: a server changed since' : ''}`;
  return [head, ...plan.libraries.map(libraryLine), ...plan.pathMap.map(pathLine), ...plan.space.map(spaceLine), ...watcherLines(plan), ...plan.problems.flatMap(problemLines), `fine    ${plan.fine.join(', ') || '–'}`, summaryOf(plan)];
}

function libraryLine(library: CliLibraryPlanFieldsFragment['libraries'][number]): string {
  const { titles, sameFile, otherVersion, onlySource, cannotMatch, copyFiles, copyBytes, copyFilesOfUnknownSize } = library;
  const unknown = copyFilesOfUnknownSize > 0 ? ` + ${copyFilesOfUnknownSize} of unknown size` : '';
  return `library ${library.name} → ${library.targetName ?? '(new)'}: ${titles} titles, ${sameFile} the same, ${otherVersion} in another version, ${cannotMatch} unclear, ${onlySource} to copy (${copyFiles} files, ${bytesText(copyBytes)}${unknown})`;
}

function pathLine(row: CliLibraryPlanFieldsFragment['pathMap'][number]): string {
  const samples = row.samplesTried > 0 ? `, ${row.samplesFound} of ${row.samplesTried} samples` : '';
  return `path    ${row.from} → ${row.to ?? '?'}  ${row.to === null ? row.note : `${row.verdict.toLowerCase()}${samples} (${row.note})`}`;
}

function spaceLine(space: CliLibraryPlanFieldsFragment['space'][number]): string {
  const free = space.freeBytes == null ? 'free space unknown' : `${bytesText(space.freeBytes)} free`;
  return `space   ${space.path ?? '–'}: ${free}, ${bytesText(space.neededBytes)} needed`;
}

function watcherLines({ watchers }: CliLibraryPlanFieldsFragment): string[] {
  return watchers.map((person) => `person  ${person.userName} → ${person.targetUserName ?? '(no user)'}: ${person.watched} watched, ${person.begun} begun, ${person.after} of them there afterwards`);
}

function problemLines(problem: CliLibraryPlanFieldsFragment['problems'][number]): string[] {
  return [`${MARKS[problem.severity]} ${problem.title}  ${problem.code}`, `    why   ${problem.why}`, ...problem.examples.slice(0, 3).map((example) => `          ${example}`), `    next  ${problem.next}`];
}

function summaryOf({ blockers, warnings }: CliLibraryPlanFieldsFragment): string {
  return `${countText(blockers, 'blocker')}, ${countText(warnings, 'warning')}. Nothing was changed.`;
}
