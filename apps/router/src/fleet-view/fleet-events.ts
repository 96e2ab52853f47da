import { Injectable } from '@nestjs/common';
import type { controllerChanged, Session } from '@usher/contracts';
import type { z } from 'zod';

export type FleetEvent =
  | { readonly type: 'load'; readonly serverId: string }
  | { readonly type: 'standing'; readonly serverId: string }
  | { readonly type: 'sessions'; readonly serverId: string; readonly sessions: readonly Session[]; readonly at: string }
  | { readonly type: 'changed'; readonly change: z.infer<typeof controllerChanged.body> };

/** What was heard, for the rooms that stand on the view. */
@Injectable()
export class FleetEvents {
  private readonly listeners = new Set<(event: FleetEvent) => void>();

  listen(listener: (event: FleetEvent) => void): void {
    this.listeners.add(listener);
  }

  emit(event: FleetEvent): void {
    for (const listener of this.listeners) listener(event);
  }
}
