import { describe, expect, it } from '@jest/globals';
import { CONTRACTS } from '@usher/contracts';
import { refusal } from './read-only.js';

const commands = CONTRACTS.filter((contract) => contract.kind === 'command');

describe('read-only mode', () => {
  it.each(commands.map((contract) => [contract.name, contract] as const))('%s is refused exactly when it changes the server', (_name, contract) => {
    expect(refusal(contract, { readOnly: true })?.code ?? null).toBe(contract.effect === 'change' ? 'SERVER_READ_ONLY' : null);
    expect(refusal(contract, { readOnly: false })).toBeNull();
  });
});
