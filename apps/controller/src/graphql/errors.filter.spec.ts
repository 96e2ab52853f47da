import { describe, expect, it } from '@jest/globals';
import { AppError } from '@usher/contracts';
import { createLogger, runInContext } from '@usher/platform';
import { buildSchema, execute, GraphQLError, parse, validate } from 'graphql';
import { ErrorsFilter } from './errors.filter.js';

const lines: unknown[] = [];
const logger = createLogger({ service: 'test', level: 'debug', destination: { write: (line: string) => void lines.push(JSON.parse(line)) } });
const filter = new ErrorsFilter(logger);
const thrown = (error: Error) => new GraphQLError(error.message, { path: ['a', 0], originalError: error });
const schema = buildSchema('type Query { a(input: In!): ID } input In { alias: String!, kind: Kind, n: Int } enum Kind { EMBY }');

async function answers(query: string, variableValues?: Record<string, unknown>) {
  const document = parse(query);
  const errors = validate(schema, document);
  const found = errors.length > 0 ? errors : (await execute({ schema, document, variableValues })).errors!;
  return found.map((error) => filter.format(error));
}

describe('ErrorsFilter', () => {
  it('keeps code, details and path of our errors and adds the correlation id', () => {
    const answer = runInContext({ correlationId: 'c1' }, () => filter.format(thrown(new AppError('NOT_FOUND', 'No such server.', { field: 'id' }))));
    expect(answer).toEqual({
      message: 'No such server.',
      path: ['a', 0],
      extensions: { code: 'NOT_FOUND', family: 'input', next: expect.any(String), retryable: false, details: { field: 'id' }, correlationId: 'c1' },
    });
  });

  it('makes INTERNAL of everything else, without its text, and logs it', () => {
    lines.length = 0;
    const error = thrown(Object.assign(new Error('connect postgres://me:pw@db failed'), { extensions: { stacktrace: ['x'] } }));
    const answer = runInContext({ correlationId: 'c2' }, () => filter.format(error));
    expect(answer.extensions).toMatchObject({ code: 'INTERNAL', details: {}, correlationId: 'c2' });
    expect(JSON.stringify(answer)).not.toMatch(/postgres|stack/);
    expect(lines).toMatchObject([{ level: 'error', correlation_id: 'c2', error: { message: expect.stringContaining('postgres') } }]);
  });

  it('makes INTERNAL of a GraphQL error that a resolver or a scalar threw', () => {
    expect(filter.format(thrown(new GraphQLError('Int cannot represent "secret"'))).extensions!['code']).toBe('INTERNAL');
  });

  const SECRET = 'sekret-4711';
  it.each([
    [{ alias: 5, n: SECRET }, 'alias'],
    [{ kind: SECRET, alias: 'a' }, 'kind'],
    [{ n: SECRET, alias: 'a' }, 'n'],
    [{ [SECRET]: 1, alias: 'a' }, undefined],
    [{ n: 1, kind: 'EMBY' }, 'alias'],
    [SECRET, ''],
  ])('repeats nothing of variables %j, but names the field', async (input, field) => {
    const found = await answers('query ($input: In!) { a(input: $input) }', { input });
    if (field !== undefined) expect(found.map((answer) => (answer.extensions!['details'] as { field?: string }).field)).toContain(field);
    for (const answer of found) expect(answer.extensions!['code']).toBe('VALIDATION_FAILED');
    if (field !== undefined) expect(JSON.stringify(found)).not.toContain(SECRET);
  });

  it.each([
    [`{ a(input: { alias: ${'5'} }) }`, /does not fit/],
    ['{ b }', /Cannot query field "b"/],
    ['{ a }', /is required/],
    ['{ a(input: { alias: "x" }) { id } }', /does not fit/],
  ])('answers %s in its own words and without suggestions', async (query, expected) => {
    const [answer] = await answers(query);
    expect(answer!.message).toMatch(expected);
    expect(answer!.message).not.toMatch(/did you mean/i);
  });
});
