import type { CatalogueLibrary } from '../base/media.js';
import type { Reply } from '../base/message.js';
import { route, type Route } from '../base/router.js';
import { noContent, problem, refused } from './replies.js';
import type { JellyfinContext } from './server.js';

const TYPES: Readonly<Record<string, CatalogueLibrary['type']>> = { movies: 'movies', tvshows: 'shows', music: 'music' };

/** A name that is taken is answered with success and makes `Movies2`. A path that is not there is refused. */
function create({ server, request }: JellyfinContext): Reply {
  const { catalogue, disk } = server.core;
  const name = request.query.get('name');
  if (!name) return problem(400, { name: ['The name field is required.'] });
  const { LibraryOptions: options } = request.fields() as { LibraryOptions?: { PathInfos?: { Path: string }[] } };
  const paths = request.query.get('paths')?.split(',') ?? options?.PathInfos?.map(({ Path }) => Path) ?? [];
  if (paths.some((path) => !disk.isFolder(path))) return refused(400);
  const isTaken = (wanted: string) => catalogue.libraries.some((library) => library.name === wanted);
  let free = name;
  for (let number = 2; isTaken(free); number++) free = `${name}${number}`;
  catalogue.addLibrary({ name: free, type: TYPES[request.query.get('collectiontype') ?? ''] ?? 'mixed', folders: paths });
  return noContent();
}

/** Without a refresh its view stays. */
function remove({ server, request }: JellyfinContext): Reply {
  const library = server.core.catalogue.libraries.find((entry) => entry.name === request.query.get('name'));
  if (library === undefined) return problem(404);
  server.core.catalogue.removeLibrary(library);
  if (request.query.get('refreshlibrary')?.toLowerCase() !== 'true') server.ghostViews.push(library);
  return noContent();
}

export const libraryChangeRoutes: readonly Route<JellyfinContext>[] = [
  route('POST', '/Library/VirtualFolders', 'admin', create),
  route('DELETE', '/Library/VirtualFolders', 'admin', remove),
];
