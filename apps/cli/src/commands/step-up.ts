import { CliStepUpDocument } from '@usher/api-client';
import type { UsherClient } from '../client.js';
import type { CommandContext } from '../context.js';
import { CliError } from '../errors.js';

/** Proves the password; some changes need it within five minutes. */
export async function stepUp(context: CommandContext, client: UsherClient, passwordFile?: string): Promise<void> {
  const password = passwordFile ? await context.readSecret(passwordFile) : await context.askSecret('Your password again');
  await client.run(CliStepUpDocument, { password });
}

/** Runs `work`; when it asks for a fresh password, asks the person and runs it once more. */
export async function withStepUp<T>(context: CommandContext, client: UsherClient, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof CliError) || error.code !== 'STEP_UP_REQUIRED') throw error;
    if (!context.interactive) {
      throw new CliError(error.code, error.message, { ...error.details, next: 'Prove your password, then repeat within five minutes:  usher auth step-up --password-file -' });
    }
    await stepUp(context, client);
    return await work();
  }
}
