import { Args, Mutation, Resolver } from '@nestjs/graphql';
import type { Collection, Playlist } from '@usher/contracts';
import type { Actor } from '../auth/actor.js';
import { CurrentActor } from '../graphql/context.js';
import { Takes } from '../graphql/deadline.interceptor.js';
import { LibraryObject } from '../libraries/library.graphql.js';
import {
  CreateLibraryInput,
  EnsureCollectionInput,
  EnsurePlaylistInput,
  FetchSubtitleInput,
  RemoveCollectionInput,
  RemoveLibraryInput,
  RemovePlaylistInput,
  RevokeDeviceInput,
  SetUserEnabledInput,
  SetUserPasswordInput,
  StartServerTaskInput,
  TriggerBackupInput,
} from './detail-inputs.graphql.js';
import { CollectionObject, PlaylistObject } from './item-details.graphql.js';
import { ServerOrdersService } from './server-orders.service.js';

/** The longest of the commands, and what stands around it. */
const ONE_ORDER_MS = 30_000;

/** Orders to one media server beyond its libraries' scans: tasks, devices, backups, lists, accounts. */
@Resolver()
export class ServerOrdersResolver {
  constructor(private readonly service: ServerOrdersService) {}

  @Mutation(() => Boolean, { description: 'True when the media server took the order; how it goes on is among the activities.' })
  @Takes(ONE_ORDER_MS)
  startServerTask(@CurrentActor() actor: Actor, @Args('input') input: StartServerTaskInput): Promise<boolean> {
    return this.service.startTask(actor, input);
  }

  @Mutation(() => Boolean, { description: "Ends the device's sign-in; it has to sign in anew." })
  @Takes(ONE_ORDER_MS)
  revokeDevice(@CurrentActor() actor: Actor, @Args('input') input: RevokeDeviceInput): Promise<boolean> {
    return this.service.revokeDevice(actor, input);
  }

  @Mutation(() => Boolean, { description: 'The order only: a backup shows as an activity and then in the list.' })
  @Takes(ONE_ORDER_MS)
  triggerBackup(@CurrentActor() actor: Actor, @Args('input') input: TriggerBackupInput): Promise<boolean> {
    return this.service.triggerBackup(actor, input);
  }

  @Mutation(() => Boolean)
  @Takes(ONE_ORDER_MS)
  fetchSubtitle(@CurrentActor() actor: Actor, @Args('input') input: FetchSubtitleInput): Promise<boolean> {
    return this.service.fetchSubtitle(actor, input);
  }

  @Mutation(() => LibraryObject)
  @Takes(ONE_ORDER_MS)
  createLibrary(@CurrentActor() actor: Actor, @Args('input') input: CreateLibraryInput): Promise<LibraryObject> {
    return this.service.createLibrary(actor, input);
  }

  @Mutation(() => Boolean, { description: 'Takes the library out of the media server; the files stay.' })
  @Takes(ONE_ORDER_MS)
  removeLibrary(@CurrentActor() actor: Actor, @Args('input') input: RemoveLibraryInput): Promise<boolean> {
    return this.service.removeLibrary(actor, input);
  }

  @Mutation(() => PlaylistObject, { description: 'Makes it, or brings the one of this name to exactly these items.' })
  @Takes(ONE_ORDER_MS)
  ensurePlaylist(@CurrentActor() actor: Actor, @Args('input') input: EnsurePlaylistInput): Promise<Playlist> {
    return this.service.ensurePlaylist(actor, input);
  }

  @Mutation(() => CollectionObject, { description: 'Makes it, or brings the one of this name to exactly these items.' })
  @Takes(ONE_ORDER_MS)
  ensureCollection(@CurrentActor() actor: Actor, @Args('input') input: EnsureCollectionInput): Promise<Collection> {
    return this.service.ensureCollection(actor, input);
  }

  @Mutation(() => Boolean)
  @Takes(ONE_ORDER_MS)
  removePlaylist(@CurrentActor() actor: Actor, @Args('input') input: RemovePlaylistInput): Promise<boolean> {
    return this.service.removePlaylist(actor, input);
  }

  @Mutation(() => Boolean)
  @Takes(ONE_ORDER_MS)
  removeCollection(@CurrentActor() actor: Actor, @Args('input') input: RemoveCollectionInput): Promise<boolean> {
    return this.service.removeCollection(actor, input);
  }

  @Mutation(() => Boolean)
  @Takes(ONE_ORDER_MS)
  setUserEnabled(@CurrentActor() actor: Actor, @Args('input') input: SetUserEnabledInput): Promise<boolean> {
    return this.service.setUserEnabled(actor, input);
  }

  @Mutation(() => Boolean, { description: 'Superadmin, with the password proven again.' })
  @Takes(ONE_ORDER_MS)
  setUserPassword(@CurrentActor() actor: Actor, @Args('input') input: SetUserPasswordInput): Promise<boolean> {
    return this.service.setUserPassword(actor, input);
  }
}
