import { maintenanceState, type FleetStateContract, type MaintenanceOccurrence, type MaintenanceState } from '@usher/contracts';

/** The maintenance windows of this server, as the controller told them last; a plan that is not repeated any more still holds. */
export class MaintenancePlan {
  private occurrences: readonly MaintenanceOccurrence[] = [];

  constructor(
    private readonly serverId: string,
    private readonly now: () => number,
  ) {}

  /** Other states of the fleet are none of its business. */
  take(contract: FleetStateContract, body: unknown): void {
    if (contract.name !== maintenanceState.name) return;
    this.occurrences = (body as MaintenanceState).occurrences.filter(({ serverIds }) => serverIds.includes(this.serverId));
  }

  /** Inside a window now: that the media server does not answer is no surprise. */
  get isOn(): boolean {
    const nowMs = this.now();
    return this.occurrences.some(({ startAt, endAt }) => Date.parse(startAt) <= nowMs && nowMs < Date.parse(endAt));
  }
}
