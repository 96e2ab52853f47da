import { stripVTControlCharacters } from 'node:util';
import { AppError, isErrorCode } from '@usher/contracts';

const MOST_PLACES = 6;

interface MatcherResult {
  readonly actual?: unknown;
  readonly expected?: unknown;
}

/** Why a behavior failed, in words that may be sent to anybody: codes, kinds and places; never what stands there. */
export function detailOf(error: unknown): string {
  const where = placeOf(error);
  const what = error instanceof AppError ? codesOf(error) : (zodPlaces(error) ?? expectation(error) ?? nameOf(error));
  return where === null ? what : `${what} (${where})`;
}

function codesOf({ code, details }: AppError): string {
  // of the details only words that Usher itself chose, and numbers
  const words = ['reason', 'httpStatus', 'field'].map((name) => details[name]).filter((each) => typeof each === 'number' || (typeof each === 'string' && /^[\w.-]{1,40}$/.test(each)));
  return [code, ...words].join(' ');
}

function zodPlaces(error: unknown): string | null {
  const issues = (error as { issues?: readonly { path: readonly PropertyKey[]; code: string }[] } | null)?.issues;
  if (!Array.isArray(issues)) return null;
  return `contract: ${(issues as NonNullable<typeof issues>).slice(0, MOST_PLACES).map(({ path, code }) => `${path.map(String).join('.')} ${code}`).join(', ')}`;
}

/** Which comparison did not hold, and at which properties. */
function expectation(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  // values stand in later lines only
  const matcher = /^expect\(.*\.(to[A-Z]\w+)\(/.exec(stripVTControlCharacters(error.message).split('\n', 1)[0]!)?.[1];
  if (matcher === undefined) return null;
  const { actual, expected } = ((error as { matcherResult?: MatcherResult }).matcherResult ?? {});
  if (isErrorCode(expected)) return `${expected} expected, ${isErrorCode(actual) ? `${actual} came` : 'no error came'}`;
  const places = differences(actual, expected, '').slice(0, MOST_PLACES);
  return `${matcher}${places.length === 0 ? '' : ` at ${places.join(', ')}`}`;
}

/** Places where two values differ. Only properties are named, and those are Usher's; of lists the lengths are told. */
function differences(actual: unknown, expected: unknown, at: string): string[] {
  if (isAsymmetric(expected)) return expected.asymmetricMatch(actual) ? [] : [at || 'all'];
  if (Array.isArray(actual) && Array.isArray(expected)) {
    if (actual.length !== expected.length) return [`${at || 'list'} (${actual.length} for ${expected.length})`];
    return actual.flatMap((each, index) => differences(each, expected[index], `${at}[${index}]`));
  }
  if (isPlain(actual) && isPlain(expected)) return Object.keys(expected).flatMap((key) => differences(actual[key], expected[key], at === '' ? key : `${at}.${key}`));
  return Object.is(actual, expected) || at === '' ? [] : [at];
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

function isAsymmetric(value: unknown): value is { asymmetricMatch(other: unknown): boolean } {
  return typeof (value as { asymmetricMatch?: unknown } | null)?.asymmetricMatch === 'function';
}

/** The line of the suite. */
function placeOf(error: unknown): string | null {
  const found = error instanceof Error ? /[\\/]behaviors[\\/]((?!failing)[\w-]+\.ts):(\d+)/.exec(error.stack ?? '') : null;
  return found ? `${found[1]}:${found[2]}` : null;
}

function nameOf(error: unknown): string {
  return error instanceof Error && /^\w{1,40}$/.test(error.name) ? error.name : 'unknown';
}
