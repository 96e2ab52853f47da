import { parseJson } from '../http/vendor-errors.js';
import { isHtml } from '../http/vendor-response.js';
import { booleanOf, countOf, dateOf, fieldsOf, integerOf, listOf, numberOf, textOf, ticksToMs, timeOf } from '../media-browser/fields.js';
import { parsePlexXml } from '../plex/plex.xml.js';
import { mustHold, type Recording, type RecordingRule } from './recording.js';

/** Answers that no feature reads: what they are, and why nothing is made of them. */
export interface Unread {
  /** `GET /path`, without the prefix; for recordings without a path, the request as the index tells it. */
  readonly request: RegExp;
  readonly why: string;
}

/** How many values deep an answer may be; the deepest recorded one has ten. */
const MAX_DEPTH = 64;

/**
 * One rule each. The answer goes through every reader of fields all the same: whatever a mapper of tomorrow takes from
 * it, reading does not fail.
 */
export function unreadRules(table: readonly Unread[]): RecordingRule[] {
  return table.map(({ request, why }) => ({
    name: `read by no feature: ${why}`,
    matches: (recording) => isSuccess(recording) && request.test(askedFor(recording)),
    run: readTolerantly,
  }));
}

const isSuccess = ({ row }: Recording): boolean => row.status >= 200 && row.status < 300;

function askedFor({ row, method, path }: Recording): string {
  return path === '' ? row.request : `${method} ${path}`;
}

/** JSON and XML value by value, a text line by line. */
function readTolerantly({ row, response }: Recording): void {
  const body = response.body.trim();
  if (body === '' || isHtml(response)) return;
  if (body.startsWith('<')) {
    const document = parsePlexXml(body);
    mustHold(!body.includes('<MediaContainer') || document !== null, 'the document');
    walk(document, 0);
  } else if (row.file.endsWith('.json')) walk(parseJson(response), 0);
  else walk(body.split('\n'), 0);
}

function walk(value: unknown, depth: number): void {
  if (depth > MAX_DEPTH) throw new Error('deeper than any answer of a media server');
  for (const read of [booleanOf, countOf, dateOf, integerOf, numberOf, ticksToMs, timeOf]) read(value);
  textOf(value, 1_000);
  for (const each of listOf(value)) walk(each, depth + 1);
  for (const each of Object.values(fieldsOf(value))) walk(each, depth + 1);
}
