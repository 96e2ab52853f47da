import { Inject, Injectable } from '@nestjs/common';
import { KeyRing, sha256 } from '@usher/security';
import type { ControllerConfig } from '../config.js';
import { CONTROLLER_CONFIG } from '../infrastructure.js';

const BYTES = 16;

/**
 * The secret part of a link: 128 bits that follow from the key ring and the route's id. So a link can be given out again
 * although it is nowhere stored; rows and routers know its hash only.
 */
@Injectable()
export class RouteLinks {
  constructor(
    private readonly ring: KeyRing,
    @Inject(CONTROLLER_CONFIG) private readonly config: Pick<ControllerConfig, 'publicUrl' | 'port'>,
  ) {}

  /** Hex. */
  sha256(routeId: string): string {
    return sha256(this.secret(routeId)).toString('hex');
  }

  url(routeId: string): string {
    const base = (this.config.publicUrl ?? `http://127.0.0.1:${this.config.port}`).replace(/\/+$/, '');
    return `${base}/r/${this.secret(routeId)}`;
  }

  private secret(routeId: string): string {
    return this.ring.derive('route link', routeId).subarray(0, BYTES).toString('base64url');
  }
}
