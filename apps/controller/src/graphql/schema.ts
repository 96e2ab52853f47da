import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { GraphQLSchemaBuilderModule, GraphQLSchemaFactory, type BuildSchemaOptions } from '@nestjs/graphql';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { DateTime } from './scalars.js';

/** How the code becomes a schema, in the running service and in the committed file. */
export const schemaOptions: BuildSchemaOptions = {
  scalarsMap: [{ type: Date, scalar: DateTime }],
  numberScalarMode: 'float',
  noDuplicatedFields: true,
};

/** Every resolver class below a module, found by Nest's own marks. */
function resolversOf(root: unknown, seen = new Set<unknown>()): Function[] {
  const module = (root as { module?: unknown }).module ?? (root as { forwardRef?: () => unknown }).forwardRef?.() ?? root;
  if (typeof module !== 'function' || seen.has(module)) return [];
  seen.add(module);
  const read = (key: string) => (Reflect.getMetadata(key, module) as unknown[] | undefined) ?? [];
  const own = read('providers').filter((provider): provider is Function => typeof provider === 'function' && Reflect.hasMetadata('graphql:resolver_type', provider));
  return [...own, ...read('imports').flatMap((inner) => resolversOf(inner, seen))];
}

/** The schema as text, sorted, from the classes alone: no database, no broker, no service is started. */
export async function emitSchema(root: unknown): Promise<string> {
  const app = await NestFactory.createApplicationContext(GraphQLSchemaBuilderModule, { logger: false });
  try {
    const resolvers = resolversOf(root);
    const schema = await app.get(GraphQLSchemaFactory).create(resolvers, schemaOptions);
    return `${printSchema(lexicographicSortSchema(schema))}\n`;
  } finally {
    await app.close();
  }
}
