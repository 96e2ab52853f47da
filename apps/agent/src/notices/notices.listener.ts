import { Controller, Inject } from '@nestjs/common';
import { HandleCommand, type CommandContext } from '@usher/bus';
import { showNotice, type NoticeOutcome } from '@usher/contracts';
import type { z } from 'zod';
import type { PerServer } from '../server/per-server.js';
import type { NoticeSender } from './notice-sender.service.js';

export const NOTICE_SENDERS = Symbol('NOTICE_SENDERS');

@Controller()
export class NoticesListener {
  constructor(@Inject(NOTICE_SENDERS) private readonly senders: PerServer<NoticeSender>) {}

  @HandleCommand(showNotice)
  show(request: z.infer<typeof showNotice.request>, { serverId }: CommandContext): Promise<NoticeOutcome> {
    return this.senders.of(serverId).show(request);
  }
}
