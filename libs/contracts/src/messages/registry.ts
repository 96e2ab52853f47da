import * as agent from './agent.messages.js';
import * as session from './session.messages.js';
import type { AskContract, CommandContract, FactContract, ServiceCommandContract, ServiceStateContract, StateContract } from './define.js';

export type AnyContract = CommandContract | FactContract | StateContract | AskContract | ServiceCommandContract | ServiceStateContract;

function isContract(value: object): boolean {
  return 'kind' in value && 'name' in value && 'version' in value;
}

/** Every message there is; allow-lists, reference pages and the schema snapshot are made from it. */
export const CONTRACTS: readonly AnyContract[] = [...Object.values<object>(agent), ...Object.values<object>(session)].filter(
  isContract,
) as AnyContract[];
