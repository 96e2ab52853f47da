import { Injectable } from '@nestjs/common';
import { AppError, RouteClient, splitSessionId, type PlacementRequest } from '@usher/contracts';
import { z } from 'zod';
import { parseInput } from '../graphql/parse-input.js';
import { ItemsService } from '../libraries/items/items.service.js';
import type { RouteClientInput, SimulatePlacementInput } from './placement.graphql.js';
import { RouteAccountsRepository } from './route-accounts.repository.js';

const ItemKey = z.string().min(1).max(200);
const Client = RouteClient.omit({ network: true }).extend({ network: z.enum(['lan', 'wan'], 'must be LAN or WAN') });

/** Turns what a caller names into everything that the router needs to decide. */
@Injectable()
export class PlacementRequestsService {
  constructor(
    private readonly items: ItemsService,
    private readonly accounts: RouteAccountsRepository,
  ) {}

  /** @throws VALIDATION_FAILED; NOT_FOUND for an item or account that nobody knows */
  async of(input: SimulatePlacementInput, positionMs: number): Promise<PlacementRequest> {
    const itemKey = parseInput(ItemKey, input.itemKey, 'itemKey');
    const client = parseInput(Client, definedOf(input.client), 'client');
    const user = splitSessionId(input.userId);
    if (!user || input.userId.length > 240) throw new AppError('VALIDATION_FAILED', 'userId must be <server id>:<user id>.', { field: 'userId' });
    const [held, accounts] = await Promise.all([this.items.held(itemKey), this.accounts.accountsOf(user.serverId, user.vendorId)]);
    if (!held) throw new AppError('NOT_FOUND', 'No server has this item.', { field: 'itemKey' });
    if (accounts.length === 0) throw new AppError('NOT_FOUND', 'No server has this user.', { field: 'userId' });
    const { title, holders } = held;
    const durations = holders.flatMap(({ source }) => source.durationMs ?? []);
    // A position beyond the end plays from the start.
    const isBeyond = durations.length > 0 && positionMs > Math.max(...durations) - 10_000;
    return {
      demand: 'playback',
      itemKey,
      title,
      userName: accounts.find(({ evidence }) => evidence === 'given')?.name ?? null,
      client,
      positionMs: isBeyond ? 0 : positionMs,
      holders,
      accounts,
      earlierServerId: await this.accounts.earlierServer(accounts, held),
      renditions: [],
    };
  }
}

/** What was left out is left to the schema's own words. */
function definedOf(client: RouteClientInput): object {
  return Object.fromEntries(Object.entries(client).filter(([, value]) => value !== undefined));
}
