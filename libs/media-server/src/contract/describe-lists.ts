import { beforeEach, describe, expect, it } from '@jest/globals';
import { Collection, Playlist, type Capability, type Library, type MediaUser } from '@usher/contracts';
import type { MediaServer } from '../media-server.js';
import { GONE } from './describe-capabilities.js';

/** The part of the suite about playlists and collections. */
export function describeLists(current: () => MediaServer): void {
  describe('lists', () => {
    let server: MediaServer;
    let films: Library;
    let viewer: MediaUser;
    let owner: MediaUser;
    /** Ids of films. */
    let ids: readonly [string, string, string, string];
    const has = (capability: Capability): boolean => server.capabilities.has(capability);
    beforeEach(async () => {
      server = current();
      await server.probe();
      const users = await server.users.list();
      viewer = users.find((user) => !user.isAdministrator)!;
      owner = users.find((user) => user.isAdministrator)!;
      films = (await server.libraries.list()).find(({ type }) => type === 'movies')!;
      const { items } = await server.libraries.items(films.vendorId, { start: 0, limit: 4 }, { withFiles: false });
      ids = items.map(({ vendorId }) => vendorId) as unknown as typeof ids;
    });
    const playlistsNamed = async (name: string): Promise<Playlist[]> => (await server.playlists.list(viewer.vendorId)).filter((each) => each.name === name);
    const notFound = { code: 'NOT_FOUND' };

    it('playlists.ensure() makes one with its items in order, for one person', async () => {
      if (!has('playlists.write')) return;
      const wanted = [ids[2], ids[0], ids[1]];
      const made = await server.playlists.ensure(viewer.vendorId, { name: 'Rainy Evening & more', itemIds: wanted });
      expect(Playlist.parse(made)).toEqual(made);
      expect(made).toMatchObject({ name: 'Rainy Evening & more', smart: false });
      expect(await server.playlists.items(viewer.vendorId, made.vendorId)).toEqual(wanted);
      const [listed] = await playlistsNamed('Rainy Evening & more');
      expect(listed).toMatchObject({ vendorId: made.vendorId, itemCount: 3, mediaType: 'video' });
      expect((await server.playlists.list(owner.vendorId)).some(({ vendorId }) => vendorId === made.vendorId)).toBe(false);
    });

    it('playlists.ensure() twice is the same, and brings one of that name to other items', async () => {
      if (!has('playlists.write')) return;
      const ensure = (...itemIds: string[]) => server.playlists.ensure(viewer.vendorId, { name: 'Rainy Evening', itemIds });
      const items = async () => await server.playlists.items(viewer.vendorId, (await playlistsNamed('Rainy Evening'))[0]!.vendorId);
      await ensure(ids[0], ids[1], ids[2]);
      await ensure(ids[0], ids[1], ids[2]);
      expect(await playlistsNamed('Rainy Evening')).toHaveLength(1);
      expect(await items()).toEqual([ids[0], ids[1], ids[2]]);
      await ensure(ids[3], ids[2], ids[0]);
      expect(await playlistsNamed('Rainy Evening')).toHaveLength(1);
      expect(await items()).toEqual([ids[3], ids[2], ids[0]]);
    });

    it('playlists.remove() takes it away', async () => {
      if (!has('playlists.write')) return;
      const { vendorId } = await server.playlists.ensure(viewer.vendorId, { name: 'Rainy Evening', itemIds: [ids[0]] });
      await server.playlists.remove(viewer.vendorId, vendorId);
      expect(await playlistsNamed('Rainy Evening')).toEqual([]);
      await expect(server.playlists.remove(viewer.vendorId, vendorId)).rejects.toMatchObject(notFound);
      await expect(server.playlists.items(viewer.vendorId, vendorId)).rejects.toMatchObject(notFound);
    });

    it('playlists that are not there or cannot be made are refused', async () => {
      if (has('playlists.read')) {
        await expect(server.playlists.items(viewer.vendorId, GONE)).rejects.toMatchObject(notFound);
        for (const each of await server.playlists.list(viewer.vendorId)) expect(Playlist.parse(each)).toEqual(each);
      }
      if (has('playlists.write')) await expect(server.playlists.ensure(viewer.vendorId, { name: 'Nothing', itemIds: [GONE] })).rejects.toMatchObject(notFound);
    });

    it('collections.ensure() makes one, and twice is the same', async () => {
      if (!has('collections.write')) return;
      const { collections } = server;
      const ensure = (...itemIds: string[]) => collections.ensure(films.vendorId, { name: 'Trains', itemIds });
      const named = async () => (await collections.list()).filter(({ name }) => name === 'Trains');
      const made = await ensure(ids[0], ids[1]);
      expect(Collection.parse(made)).toEqual(made);
      expect(new Set(await collections.items(made.vendorId))).toEqual(new Set([ids[0], ids[1]]));
      expect((await ensure(ids[0], ids[1])).vendorId).toBe(made.vendorId);
      await ensure(ids[1], ids[3]);
      expect(await named()).toHaveLength(1);
      expect((await named())[0]).toMatchObject({ name: 'Trains', smart: false });
      expect(new Set(await collections.items((await named())[0]!.vendorId))).toEqual(new Set([ids[1], ids[3]]));
      await collections.remove((await named())[0]!.vendorId);
      expect(await named()).toEqual([]);
      await expect(collections.remove(made.vendorId)).rejects.toMatchObject(notFound);
      await expect(collections.items(GONE)).rejects.toMatchObject(notFound);
    });
  });
}
