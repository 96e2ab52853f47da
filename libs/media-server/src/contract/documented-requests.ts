import { afterEach, describe, expect, it } from '@jest/globals';
import type { ServerKind } from '@usher/contracts';
import type { Simulator } from '@usher/testing';
import { SentRequests } from '../openapi/sent-requests.js';

const sent = new SentRequests();
const watched = new Set<Simulator>();

/** What reaches this simulator is checked after the test against its vendor's interface document. */
export function checkRequestsOf(simulator: Simulator): void {
  watched.add(simulator);
}

afterEach(() => {
  const unexplained = [...watched].flatMap(({ kind, requests, control }) => sent.unexplained(kind, requests.map((request) => ({ ...request, version: control.state.version }))));
  watched.clear();
  expect(unexplained).toEqual([]);
});

/** To be called at the end of a file that uses everything a vendor's adapter can do. */
export function describeDeviations(kind: ServerKind): void {
  describe(`deviations from the interface document (${kind})`, () => {
    it('are all in use', () => {
      expect(sent.unused(kind)).toEqual([]);
    });
  });
}
