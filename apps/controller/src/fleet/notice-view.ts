import { sessionIdOf } from '@usher/contracts';
import type { NoticeState } from '../graphql/enums.js';
import type { NoticeDeliveryObject, NoticeObject } from './notices.graphql.js';
import type { DeliveryRow, NoticeRow } from './notices.repository.js';

export function stateOf({ canceledAt, dispatchedAt, endedAt }: Pick<NoticeRow, 'canceledAt' | 'dispatchedAt' | 'endedAt'>): NoticeState {
  if (canceledAt) return 'canceled';
  if (!dispatchedAt) return 'planned';
  return endedAt ? 'ended' : 'sending';
}

/** The row and its deliveries as people read them; of a server that is away it says so. */
export function noticeView(row: NoticeRow, deliveries: readonly DeliveryRow[], isAnswering: (serverId: string) => boolean): NoticeObject {
  const { targetKind, dispatchedAt: _dispatched, endedAt: _ended, ...rest } = row;
  const total = (name: 'sent' | 'unsupported' | 'failed') => deliveries.reduce((sum, delivery) => sum + delivery[name], 0);
  return {
    ...rest,
    state: stateOf(row),
    targets: {
      kind: targetKind,
      serverIds: deliveries.map((delivery) => delivery.serverId),
      sessionIds: targetKind === 'sessions' ? deliveries.flatMap(({ serverId, sessionVendorIds }) => sessionVendorIds.map((vendorId) => sessionIdOf(serverId, vendorId))) : [],
    },
    counts: { sent: total('sent'), unsupported: total('unsupported'), failed: total('failed'), waiting: deliveries.filter((delivery) => delivery.state === 'waiting' || delivery.state === 'planned').length },
    deliveries: deliveries.map((delivery) => deliveryView(delivery, isAnswering)),
  };
}

function deliveryView({ noticeId: _, sessionVendorIds: __, triedAt, ...row }: DeliveryRow, isAnswering: (serverId: string) => boolean): NoticeDeliveryObject {
  const isAway = row.state === 'waiting' && row.code === null && !isAnswering(row.serverId);
  return {
    ...row,
    ...(isAway && { code: 'AGENT_OFFLINE', reason: 'It does not answer now; it is tried again until the notice expires.' }),
    tookMs: triedAt && row.answeredAt ? Math.max(0, row.answeredAt.getTime() - triedAt.getTime()) : null,
  };
}
