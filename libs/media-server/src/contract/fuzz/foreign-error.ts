import { AppError } from '@usher/contracts';
import type { Known, Reading } from './readings.js';
import type { MediaServer } from '../../media-server.js';

/** The error of a reading when it is none that callers know; null for a success and for an AppError. */
export async function foreignError([name, read]: Reading, server: MediaServer, known: Known): Promise<string | null> {
  try {
    await read(server, known);
    return null;
  } catch (error) {
    return error instanceof AppError ? null : `${name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
  }
}
