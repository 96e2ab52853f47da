import { AppError, type Library, type NewLibrary } from '@usher/contracts';
import { answerInvalid, connectionError } from '../http/vendor-errors.js';
import type { MediaServer } from '../media-server.js';
import { notThere, send, type DetailCalls } from './detail-calls.js';

const COLLECTION_TYPES: Readonly<Record<NewLibrary['type'], string>> = { movies: 'movies', shows: 'tvshows', music: 'music', photos: 'homevideos' };

/** `list` reads the libraries without counting what is in them. */
export function libraryChanges(calls: DetailCalls, list: () => Promise<Library[]>): Pick<MediaServer['libraries'], 'create' | 'remove'> {
  return {
    create: async (spec) => {
      // a taken name is answered with success, and makes a second library called `Movies2` (Jellyfin 12.0, measured)
      if ((await list()).some(({ name }) => name.toLowerCase() === spec.name.toLowerCase())) throw new AppError('IDENTITY_CONFLICT', 'There is a library of this name already.', { name: spec.name });
      await send(calls, calls.words.libraries.create(spec, COLLECTION_TYPES[spec.type])).catch((error: unknown) => {
        const failure = connectionError(error);
        throw failure.details['httpStatus'] === 400 ? new AppError('VALIDATION_FAILED', 'The media server refuses this library; look whether it sees the folders.', { field: 'folders', ...failure.details }) : failure;
      });
      const made = (await list()).find(({ name }) => name === spec.name);
      if (!made) throw answerInvalid('The media server took the library and does not list it.', { name: spec.name });
      return made;
    },
    remove: async (libraryId) => {
      const library = (await list()).find(({ vendorId }) => vendorId === libraryId);
      if (!library) throw notThere('library', { libraryVendorId: libraryId });
      await send(calls, calls.words.libraries.remove(library)).catch((error: unknown) => {
        if (connectionError(error).code !== 'NOT_FOUND') throw error;
      });
    },
  };
}
