import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';

const ISO_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/;

function parseTime(value: unknown): Date {
  const time = typeof value === 'string' && ISO_TIME.test(value) ? new Date(value) : null;
  if (time === null || Number.isNaN(time.getTime())) throw new GraphQLError('DateTime must be an ISO 8601 time with a zone.');
  return time;
}

/** ISO 8601 in UTC with milliseconds on the way out; any zone on the way in. */
export const DateTime = new GraphQLScalarType<Date, string>({
  name: 'DateTime',
  serialize: (value) => (value instanceof Date ? value : parseTime(value)).toISOString(),
  parseValue: parseTime,
  parseLiteral: (node) => parseTime(node.kind === Kind.STRING ? node.value : null),
});

function parseWhole(value: unknown): number {
  const number = typeof value === 'bigint' || typeof value === 'string' ? Number(value) : value;
  if (!Number.isSafeInteger(number)) throw new GraphQLError('BigInt53 must be a whole number below 2^53.');
  return number as number;
}

/** Whole numbers up to 2^53 - 1 (GraphQL's Int ends at 2^31 - 1): sequence numbers, bytes, sums of milliseconds. */
export const BigInt53 = new GraphQLScalarType<number, number>({
  name: 'BigInt53',
  serialize: parseWhole,
  parseValue: (value) => parseWhole(typeof value === 'number' ? value : null),
  parseLiteral: (node) => parseWhole(node.kind === Kind.INT ? node.value : null),
});
