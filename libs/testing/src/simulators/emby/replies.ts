import { reply, type Reply } from '../base/message.js';

export const ok = (value: unknown): Reply => reply(200, JSON.stringify(value), 'application/json; charset=utf-8');
export const noContent = (): Reply => reply(204);
/** Every failure of Emby is plain text. */
export const text = (status: number, words: string, headers: Record<string, string> = {}): Reply => reply(status, words, 'text/plain', headers);

export const badToken = (): Reply => text(401, 'Access token is invalid or expired.');
export const badNumber = (value: string): Reply => text(500, `The input string '${value}' was not in a correct format.`);
export const missing = (parameter: string): Reply => text(400, `Value cannot be null. (Parameter '${parameter}')`);

/** Rows of an envelope; Emby tells no start index. */
export const envelope = (Items: readonly unknown[], TotalRecordCount = Items.length): Reply => ok({ Items, TotalRecordCount });
