import { describe, expect, it } from '@jest/globals';
import { buildSchema } from 'graphql';
import { checkOperation } from './limits.rule.js';

const schema = buildSchema(`
  type Query { node: Node! nodes: [Node!]! }
  type Node { id: ID! node: Node nodes: [Node!]! }
`);
const messages = (query: string) => checkOperation(schema, query, false).errors.map((error) => error.message);
const nested = (levels: number, field: string) => `${field} { `.repeat(levels) + 'id' + ' }'.repeat(levels);
const aliases = (count: number) => Array.from({ length: count }, (_, i) => `a${i}: id`).join(' ');

describe('operationLimits', () => {
  it('allows up to its limits', () => {
    expect(messages(`{ ${nested(7, 'node')} }`)).toEqual([]);
    expect(messages(`{ node { ${aliases(15)} } }`)).toEqual([]);
    expect(messages(`{ ${nested(5, 'nodes')} }`)).toEqual([]);
  });

  it('refuses depth, aliases and cost beyond them', () => {
    expect(messages(`{ ${nested(8, 'node')} }`)).toEqual([expect.stringMatching(/too deep/)]);
    expect(messages(`{ node { ${aliases(16)} } }`)).toEqual([expect.stringMatching(/many aliases/)]);
    expect(messages(`{ ${nested(7, 'nodes')} }`)).toEqual([expect.stringMatching(/too costly/)]);
  });

  it('sees through fragments, inline ones too', () => {
    expect(messages(`{ node { ...a } } fragment a on Node { ${nested(7, 'node')} }`)).toEqual([expect.stringMatching(/too deep/)]);
    expect(messages(`{ node { ... on Node { ...a ...b } } } fragment a on Node { ${aliases(8)} } fragment b on Node { ${aliases(8)} }`)).toEqual([expect.stringMatching(/many aliases/)]);
  });

  it('weighs a bomb of fragments without writing it out', () => {
    const fragments = Array.from({ length: 60 }, (_, i) => `fragment f${i} on Node { ...f${i + 1} ...f${i + 1} }`).join(' ');
    expect(messages(`{ node { ...f0 } } ${fragments} fragment f60 on Node { id }`)).toEqual([expect.stringMatching(/too costly/)]);
  });

  it('leaves circles to the standard rules', () => {
    expect(messages('{ node { ...a } } fragment a on Node { ...b } fragment b on Node { ...a }')).toEqual([expect.stringMatching(/Cannot spread fragment/)]);
  });

  it('refuses introspection unless allowed, and then whatever its depth', () => {
    const query = '{ __schema { types { fields { type { ofType { ofType { ofType { ofType { name } } } } } } } } }';
    expect(messages(query)[0]).toMatch(/introspection/i);
    expect(checkOperation(schema, query, true).errors).toEqual([]);
  });

  it('stops reading after 1000 tokens', () => expect(() => checkOperation(schema, `{ ${'node '.repeat(1200)} }`, false)).toThrow(/tokens/));
});
