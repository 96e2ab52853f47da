import { describe, expect, it } from '@jest/globals';
import { Capability } from '@usher/contracts';
import { serverFixture } from '../../live/fixtures.js';
import { CAPABILITY_GROUPS, lacks, whyNoChange } from './capability-words.js';

describe('capabilities in words', () => {
  it('names every capability of the contracts exactly once', () => {
    const named = CAPABILITY_GROUPS.flatMap(({ rows }) => rows.map(([name]) => name));
    expect(named.toSorted()).toEqual([...Capability.options].toSorted());
  });

  it('misses nothing before the first profile', () => {
    expect(lacks({ capabilities: [] }, 'backup.list')).toBe(false);
    expect(lacks({ capabilities: ['users.list'] }, 'backup.list')).toBe(true);
  });
});

describe('a change that cannot be made', () => {
  const change = { capability: 'tasks.start', what: 'start tasks', allowed: true };
  const server = serverFixture({ alias: 'Attic', kind: 'PLEX', capabilities: ['tasks.start'] });

  it('says why, the most lasting reason first', () => {
    expect(whyNoChange(server, change)).toBeNull();
    expect(whyNoChange({ ...server, readOnly: true }, { ...change, allowed: false })).toBe('Needs the role operator. FORBIDDEN');
    expect(whyNoChange(server, { ...change, allowed: false, role: 'superadmin' })).toBe('Needs the role superadmin. FORBIDDEN');
    expect(whyNoChange({ ...server, readOnly: true }, change)).toBe('Attic is read-only. SERVER_READ_ONLY');
    expect(whyNoChange({ ...server, capabilities: ['users.list'] }, change)).toBe('Plex cannot start tasks. CAPABILITY_MISSING');
    expect(whyNoChange({ ...server, state: 'OFFLINE', stateCode: 'AGENT_OFFLINE' }, change)).toBe('Attic does not answer now. AGENT_OFFLINE');
  });
});
