import type { CatalogueLibrary } from '../base/media.js';
import type { Reply } from '../base/message.js';
import { route, type Route } from '../base/router.js';
import { itemId } from './ids.js';
import { missing, noContent, text } from './replies.js';
import type { EmbyContext } from './server.js';

const TYPES: Readonly<Record<string, CatalogueLibrary['type']>> = { movies: 'movies', tvshows: 'shows', music: 'music' };

function create({ server, request }: EmbyContext): Reply {
  const { catalogue, disk } = server.core;
  const { Name: name, Paths: paths, CollectionType: type } = request.fields();
  if (typeof name !== 'string' || name === '') return missing('name');
  const folders = Array.isArray(paths) ? paths.map(String) : [];
  const unseen = folders.find((path) => !disk.isFolder(path));
  if (unseen !== undefined) return text(400, `The path '${unseen}' does not exist.`);
  const isTaken = (wanted: string) => catalogue.libraries.some((library) => library.name === wanted);
  let free = name;
  for (let number = 2; isTaken(free); number++) free = `${name}${number}`;
  catalogue.addLibrary({ name: free, type: TYPES[String(type)] ?? 'mixed', folders });
  return noContent();
}

/** By its id; the name says nothing. */
function remove({ server, request }: EmbyContext): Reply {
  const { Id: id } = request.fields();
  const library = server.core.catalogue.libraries.find((entry) => itemId(entry) === id);
  if (library === undefined) return text(404, 'Library not found');
  server.core.catalogue.removeLibrary(library);
  return noContent();
}

export const libraryChangeRoutes: readonly Route<EmbyContext>[] = [
  route('POST', '/Library/VirtualFolders', 'admin', create),
  route('POST', '/Library/VirtualFolders/Delete', 'admin', remove),
];
