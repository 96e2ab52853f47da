import { z } from 'zod';
import type { VendorResponse } from '../http/vendor-response.js';

/** One row of a folder's INDEX.json; other fields (source, licence, who …) are of no use here. */
export const IndexRow = z.object({
  file: z.string().min(1),
  kind: z.string().default(''),
  request: z.string().default(''),
  status: z.number().int(),
  contentType: z.string().nullish(),
  headers: z.record(z.string(), z.union([z.string(), z.number(), z.array(z.string())])).nullish(),
  version: z.string().nullish(),
});
export type IndexRow = z.infer<typeof IndexRow>;

/** One recorded exchange: what was asked, and the answer as the HTTP client would hand it on. */
export interface Recording {
  readonly row: IndexRow;
  readonly method: string;
  /** Without query and, for Emby, without the prefix. */
  readonly path: string;
  readonly response: VendorResponse;
}

/** Reads `GET /emby/Sessions?x=y`; a request that is told in words has an empty path. */
export function toRecording(row: IndexRow, body: string): Recording {
  const match = /\b(GET|POST|PUT|DELETE|HEAD|WS)\s+(?:GET\s+)?(\/[^\s?]*)/.exec(row.request);
  const headers = Object.fromEntries(Object.entries(row.headers ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)]));
  if (row.contentType && !row.contentType.startsWith('(')) headers['content-type'] = row.contentType;
  const path = (match?.[2] ?? '').replace(/^\/emby(?=\/)/i, '');
  return { row, method: match?.[1] ?? '', path, response: { status: row.status, headers, body } };
}

/**
 * Turns a recording over to one mapper or error rule. It throws when the mapper throws, or when an answer that holds
 * something comes out empty.
 */
export interface RecordingRule {
  readonly name: string;
  matches(recording: Recording): boolean;
  run(recording: Recording): void | Promise<void>;
}

/** A mapper that came back with nothing from an answer that holds something. */
export class EmptyResult extends Error {
  override readonly name = 'EmptyResult';
}

export function mustHold(isHeld: boolean, what: string): void {
  if (!isHeld) throw new EmptyResult(`${what} came out empty`);
}

/** Lines of a `.jsonl` socket recording that came from the server: `{t, dir, message}` or the bare frame. */
export function framesOf(body: string): string[] {
  const lines = body.split('\n').filter((line) => line.trim() !== '');
  return lines.flatMap((line) => {
    const entry = JSON.parse(line) as Record<string, unknown>;
    if (!('dir' in entry)) return [line];
    if (entry['dir'] !== 'in') return [];
    return [typeof entry['message'] === 'string' ? entry['message'] : JSON.stringify(entry['message'])];
  });
}
