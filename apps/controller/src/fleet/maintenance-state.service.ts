import { Injectable } from '@nestjs/common';
import { HubBus } from '@usher/bus';
import { maintenanceState, type MaintenanceOccurrence, type MaintenanceState } from '@usher/contracts';
import { FleetEpoch } from '../agents/fleet-epoch.js';
import { MaintenanceRepository, type WindowRow } from './maintenance.repository.js';
import { occurrencesBetween } from './occurrences.js';

const HORIZON_MS = 7 * 86_400_000;
/** A message of the bus has room for 256 KiB, of which the signature's encoding takes a third. */
const MAX_BYTES = 120 * 1024;
const MAX_OCCURRENCES = 2_000;

/** Tells every agent and service what is planned: who drains when is decided from this. One process of the fleet does it, at each change and every 30 s. */
@Injectable()
export class MaintenanceStateService {
  constructor(
    private readonly repository: MaintenanceRepository,
    private readonly epoch: FleetEpoch,
    private readonly bus: HubBus,
  ) {}

  async publish(): Promise<void> {
    await this.epoch.refresh();
    const { seq, nowMs, windows, livingServers } = await this.repository.snapshot();
    await this.bus.publishFleetState(maintenanceState, stateOf(windows, livingServers, nowMs), seq);
  }
}

/** As much of the coming week as one message holds; titles stay here, they are nobody's business on other sites. */
export function stateOf(windows: readonly WindowRow[], livingServers: ReadonlySet<string>, nowMs: number): MaintenanceState {
  const all = windows
    .flatMap((window) => occurrencesOf(window, livingServers, nowMs))
    .sort((a, b) => a.drainFrom.localeCompare(b.drainFrom) || a.windowId.localeCompare(b.windowId));
  const occurrences: MaintenanceOccurrence[] = [];
  let bytes = 0;
  for (const occurrence of all) {
    bytes += JSON.stringify(occurrence).length + 1;
    if (bytes > MAX_BYTES || occurrences.length === MAX_OCCURRENCES) return { completeUntil: occurrence.drainFrom, occurrences };
    occurrences.push(occurrence);
  }
  return { completeUntil: iso(nowMs + HORIZON_MS), occurrences };
}

function occurrencesOf(window: WindowRow, livingServers: ReadonlySet<string>, nowMs: number): MaintenanceOccurrence[] {
  const serverIds = window.serverIds.filter((serverId) => livingServers.has(serverId));
  if (serverIds.length === 0) return [];
  return occurrencesBetween(window, nowMs, nowMs + HORIZON_MS).map(({ startMs, endMs, drainMs }) => ({
    windowId: window.id,
    serverIds,
    startAt: iso(startMs),
    endAt: iso(endMs),
    drainFrom: iso(drainMs),
  }));
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
