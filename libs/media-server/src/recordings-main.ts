import { findIndexes, runRecordings, vendorOf, type RecordingOutcome } from './recordings/run-recordings.js';

/**
 * `recordings-main.js DIR …`: checks the mappers against recorded answers of real servers. One line per file that is not
 * mapped; the last line is `N mapped, N failed, N without a mapper`. Exit code 1 when one failed, 2 for a wrong call.
 */
async function main(args: readonly string[]): Promise<number> {
  if (args.length === 0) {
    process.stderr.write('usage: recordings DIR …   (folders with an INDEX.json, or folders of such folders)\n');
    return 2;
  }
  const folders = (await Promise.all(args.map(findIndexes))).flat();
  if (folders.length === 0) {
    process.stderr.write(`no INDEX.json in or below ${args.join(', ')}\n`);
    return 2;
  }
  const all: RecordingOutcome[] = [];
  for (const folder of folders) {
    const vendor = vendorOf(folder);
    if (!vendor) {
      process.stderr.write(`${folder}: name the folder, or one above it, after its vendor: emby, jellyfin or plex\n`);
      return 2;
    }
    const outcomes = await runRecordings(folder, vendor);
    if (folders.length > 1) process.stdout.write(`${folder}: ${summary(outcomes)}\n`);
    for (const { file, kind, outcome, detail } of outcomes) {
      if (outcome !== 'mapped') process.stdout.write(`  ${outcome}: ${file} [${kind}] ${detail}\n`);
    }
    all.push(...outcomes);
  }
  const unread = all.filter(({ outcome, detail }) => outcome === 'mapped' && detail.startsWith('read by no feature')).length;
  if (unread > 0) process.stdout.write(`${unread} of them went through the readers only: no feature needs them, and the table of the unread says why\n`);
  process.stdout.write(`${summary(all)}\n`);
  return all.some((each) => each.outcome === 'failed') ? 1 : 0;
}

function summary(outcomes: readonly RecordingOutcome[]): string {
  const count = (outcome: RecordingOutcome['outcome']): number => outcomes.filter((each) => each.outcome === outcome).length;
  return `${count('mapped')} mapped, ${count('failed')} failed, ${count('without a mapper')} without a mapper`;
}

process.exitCode = await main(process.argv.slice(2));
