import { LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import type { FileProblem } from './problem.js';
import { position } from './yaml-file.js';

const Name = z.string().min(1).max(200);

const UserRow = z
  .strictObject({ from: Name, to: Name.optional(), create: z.union([z.literal(true), Name]).optional(), merge: Name.optional(), skip: z.literal(true).optional() })
  .refine(({ to, create, merge, skip }) => [to, create, merge, skip].filter((word) => word !== undefined).length === 1, { message: 'needs exactly one of to, create, merge and skip' });

/** Names as people say them; ids of the vendors are accepted too. */
export const MigrationPlanFile = z.strictObject({
  apiVersion: z.literal('usher/v1').optional(),
  kind: z.literal('MigrationPlan').optional(),
  source: Name,
  target: Name,
  users: z.strictObject({
    /** `all`, or names. */
    select: z.union([z.literal('all'), z.array(Name).min(1).max(50)]),
    map: z.array(UserRow).max(50).default([]),
    fields: z.array(z.enum(['policy', 'played', 'playCount', 'lastPlayedAt', 'position', 'favorite', 'rating'])).min(1).optional(),
  }),
  libraries: z.strictObject({ map: z.record(Name, Name.nullable()).default({}), paths: z.record(z.string().min(1), z.string().min(1)).default({}) }).prefault({}),
  policy: z
    .strictObject({
      overwrite: z.enum(['additive', 'mirror']).optional(),
      playCounts: z.enum(['max', 'sum']).optional(),
      minTier: z.enum(['A', 'B', 'C', 'D', 'E']).optional(),
      maxConnections: z.number().int().min(1).max(16).optional(),
      driftLimit: z.number().int().min(0).max(100).optional(),
      approvals: z.union([z.literal(1), z.literal(2)]).optional(),
    })
    .prefault({}),
});
export type MigrationPlanFile = z.infer<typeof MigrationPlanFile>;

/** Of the file, for editors. */
export function migrationFileJsonSchema(): object {
  return z.toJSONSchema(MigrationPlanFile, { io: 'input' });
}

/** YAML or JSON. All mistakes of the file at once; tags are never evaluated. */
export function parseMigrationFile(file: string, text: string): { readonly plan: MigrationPlanFile } | { readonly problems: FileProblem[] } {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, prettyErrors: false });
  const faults = [...document.errors, ...document.warnings];
  if (faults.length > 0) {
    return {
      problems: faults.map((fault) => {
        const { line, col } = lines.linePos(fault.pos[0]);
        return { file, line, column: col, path: '', message: fault.message.replace(/\s+/g, ' '), row: null };
      }),
    };
  }
  const parsed = MigrationPlanFile.safeParse(document.toJS({ maxAliasCount: 100 }));
  if (parsed.success) return { plan: parsed.data };
  return {
    problems: parsed.error.issues.map((issue) => {
      const path = issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0]!] : issue.path;
      return { file, ...position(document as never, lines, path), path: path.map(String).join('.'), message: issue.message, row: null };
    }),
  };
}
