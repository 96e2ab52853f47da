import { headers, type Msg, type MsgHdrs } from '@nats-io/transport-node';
import { AppError, WireError, contractName, fromWireError, uuidv7 } from '@usher/contracts';
import { currentContext } from '@usher/platform';
import { MAX_MESSAGE_BYTES, parseLimitedJson } from '@usher/security';
import { z } from 'zod';

/** Of one part of a command's result. */
export const MAX_PART_BYTES = 128 * 1024;
/** Headers count for the broker's limit too. */
const HEADER_ROOM_BYTES = 2_048;
const CORRELATION_ID = /^[A-Za-z0-9-]{1,64}$/;

/** How a command's progress and result travel to whoever waits. */
export const Ack = z.discriminatedUnion('status', [
  z.strictObject({ status: z.literal('accepted') }),
  /** A handler that yields nothing ends with a last part without body. */
  z.strictObject({ status: z.literal('part'), part: z.number().int().nonnegative(), last: z.boolean(), body: z.unknown().optional() }),
  z.strictObject({ status: z.literal('failed'), error: WireError }),
]);
export type Ack = z.infer<typeof Ack>;

/** Confirms one ack; `stop`: nobody wants the rest. */
export const AckAnswer = z.strictObject({ ok: z.literal(true), stop: z.boolean().default(false) });
export type AckAnswer = z.infer<typeof AckAnswer>;

const Answer = z.discriminatedUnion('ok', [z.strictObject({ ok: z.literal(true), body: z.unknown().optional() }), z.strictObject({ ok: z.literal(false), error: WireError })]);
export type Answer = z.infer<typeof Answer>;

/** Headers are hints for people and logs; nothing is decided by them. */
export function messageHeaders(contract: { name: string; version: number }, messageId: string = uuidv7()): MsgHdrs {
  const hints = headers();
  hints.set('x-message-id', messageId);
  hints.set('x-contract', contractName(contract));
  hints.set('x-correlation-id', currentContext().correlationId ?? messageId);
  hints.set('x-sent-at', new Date().toISOString());
  return hints;
}

/** The sender's correlation id when it looks like one, else a new one. */
export function correlationIdOf(message: Msg): string {
  const given = message.headers?.get('x-correlation-id') ?? '';
  return CORRELATION_ID.test(given) ? given : uuidv7();
}

/** @throws AppError `MESSAGE_INVALID` when the message would be larger than the broker takes */
export function encodeJson(value: unknown): string {
  const text = JSON.stringify(value);
  if (Buffer.byteLength(text) > MAX_MESSAGE_BYTES - HEADER_ROOM_BYTES) {
    throw new AppError('MESSAGE_INVALID', 'A message is larger than 256 KiB.', { reason: 'size' });
  }
  return text;
}

/** Size and nesting first, then the schema. @throws AppError `MESSAGE_INVALID` */
export function decodeJson<Schema extends z.ZodType>(bytes: Uint8Array, schema: Schema): z.output<Schema> {
  return checked(schema, parseLimitedJson(bytes));
}

/** @throws AppError `MESSAGE_INVALID` (reason schema), naming the field but not what it holds */
export function checked<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new AppError('MESSAGE_INVALID', 'A message has not the agreed shape.', { reason: 'schema', field: issue?.path.join('.') ?? '', problem: issue?.code ?? 'unknown' });
}

/** The body of an answer. @throws the AppError that was answered instead, `MESSAGE_INVALID` when it is neither */
export function readAnswer<Schema extends z.ZodType>(bytes: Uint8Array, schema: Schema): z.output<Schema> {
  const answer = decodeJson(bytes, Answer);
  if (!answer.ok) throw fromWireError(answer.error);
  return checked(schema, answer.body);
}
