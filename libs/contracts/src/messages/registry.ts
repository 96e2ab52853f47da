import * as action from './action.messages.js';
import * as agent from './agent.messages.js';
import * as detail from './detail.messages.js';
import * as fleet from './fleet.messages.js';
import * as item from './item.messages.js';
import * as migration from './migration.messages.js';
import * as routing from './routing.messages.js';
import * as session from './session.messages.js';
import * as ticket from './ticket.messages.js';
import * as user from './user.messages.js';
import * as watchState from './watch-state.messages.js';
import type { AskContract, CommandContract, FactContract, FleetStateContract, ServiceCommandContract, ServiceStateContract, StateContract } from './define.js';

export type AnyContract = CommandContract | FactContract | StateContract | AskContract | ServiceCommandContract | ServiceStateContract | FleetStateContract;

function isContract(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'kind' in value && 'name' in value && 'version' in value;
}

/** Every message there is; allow-lists, reference pages and the schema snapshot are made from it. */
export const CONTRACTS: readonly AnyContract[] = [agent, session, routing, item, action, detail, fleet, user, watchState, ticket, migration].flatMap((messages) => Object.values<unknown>(messages)).filter(isContract) as AnyContract[];
