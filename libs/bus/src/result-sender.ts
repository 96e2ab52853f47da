import { setTimeout as delay } from 'node:timers/promises';
import type { Msg } from '@nats-io/transport-node';
import { agentSubjects, type Service } from '@usher/contracts';
import { Ack, AckAnswer, decodeJson, encodeJson } from './wire.js';

const ANSWER_WITHIN_MS = 2_000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

export interface Waiter {
  service: Service;
  process: string;
}

export interface ResultSenderOptions {
  serverId: string;
  /** Rejects when nobody answered in time or the link is down. */
  request: (subject: string, payload: string, timeoutMs: number) => Promise<Msg>;
  /** Epoch ms, by the controller's clock. */
  now: () => number;
  /** Aborted when the link stops. */
  signal: AbortSignal;
}

/** Sends acks and repeats each until it is confirmed: over an import a missing listener is a timeout, not a refusal. */
export class ResultSender {
  constructor(private readonly options: ResultSenderOptions) {}

  /** Null when it was not confirmed until `untilMs`: whoever waited has given up by then. */
  async send(to: Waiter, commandId: string, ack: Ack, untilMs: number): Promise<AckAnswer | null> {
    const { serverId, request, now, signal } = this.options;
    const subject = agentSubjects.ack(serverId, to.service, to.process, commandId);
    const payload = encodeJson(ack);
    for (let pauseMs = FIRST_PAUSE_MS; !signal.aborted && now() < untilMs; pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2)) {
      try {
        return decodeJson((await request(subject, payload, ANSWER_WITHIN_MS)).data, AckAnswer);
      } catch {
        await delay(pauseMs * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => undefined);
      }
    }
    return null;
  }
}
