import { Field, Int, ObjectType } from '@nestjs/graphql';
import { ItemStream, MetadataHealth, Playlist, type Collection, type Discovery, type IndexedType, type ItemFile, type ListedItem, type MediaItem, type SubtitleCandidate } from '@usher/contracts';
import { enumOf, IndexedTypeEnum, VideoRangeEnum } from '../graphql/enums.js';
import { BigInt53, DateTime } from '../graphql/scalars.js';

type Missing = MetadataHealth['examples'][number]['missing'][number];
const MissingMetadataEnum = enumOf('MissingMetadata', MetadataHealth.shape.examples.element.shape.missing.element.options);
const PlaylistMediaTypeEnum = enumOf('PlaylistMediaType', Playlist.shape.mediaType.options);
const ItemStreamTypeEnum = enumOf('ItemStreamType', ItemStream.shape.type.options);

@ObjectType('ItemStream', { description: 'One elementary stream of a file.' })
export class ItemStreamObject implements ItemStream {
  @Field(() => ItemStreamTypeEnum) type!: ItemStream['type'];
  @Field(() => String, { nullable: true }) codec!: string | null;
  @Field(() => String, { nullable: true }) language!: string | null;
  @Field(() => String, { nullable: true }) title!: string | null;
  @Field(() => Int, { nullable: true }) width!: number | null;
  @Field(() => Int, { nullable: true }) height!: number | null;
  @Field(() => VideoRangeEnum, { nullable: true }) hdr!: ItemStream['hdr'];
  @Field(() => Int, { nullable: true }) channels!: number | null;
  @Field(() => Int, { nullable: true }) bitRateKbps!: number | null;
  @Field() forced!: boolean;
  @Field() external!: boolean;
}

@ObjectType('ItemFile')
export class ItemFileObject implements ItemFile {
  @Field(() => String, { nullable: true, description: 'As that server sees it; for role operator and above.' }) path!: string;
  @Field(() => BigInt53, { nullable: true }) sizeBytes!: number | null;
  @Field(() => [ItemStreamObject], { nullable: true, description: 'Null where the listing does not hold them.' }) streams?: ItemStreamObject[];
}

@ObjectType('FoundItem', { description: 'An item as one media server has it now.' })
export class FoundItemObject implements MediaItem {
  @Field() vendorId!: string;
  @Field(() => IndexedTypeEnum) type!: IndexedType;
  @Field() title!: string;
  @Field(() => String, { nullable: true, description: 'Series of an episode, album of a track.' }) parentVendorId!: string | null;
  @Field(() => String, { nullable: true }) parentTitle!: string | null;
  @Field(() => Int, { nullable: true }) seasonNumber!: number | null;
  @Field(() => Int, { nullable: true }) episodeNumber!: number | null;
  @Field(() => Int, { nullable: true, description: 'Last episode of a file that holds several.' }) episodeEndNumber!: number | null;
  @Field(() => Int, { nullable: true }) year!: number | null;
  @Field(() => String, { nullable: true, description: '`YYYY-MM-DD`: release or first broadcast.' }) airDate!: string | null;
  @Field(() => BigInt53, { nullable: true }) durationMs!: number | null;
  @Field(() => Int, { nullable: true }) videoHeight!: number | null;
  @Field(() => [String], { description: 'As the vendor writes them, e.g. `Imdb://tt0078748`.' }) guids!: string[];
  @Field(() => [ItemFileObject]) files!: ItemFileObject[];
}

@ObjectType('ListedItem')
export class ListedItemObject implements ListedItem {
  @Field(() => FoundItemObject) item!: FoundItemObject;
  @Field(() => DateTime, { nullable: true, description: 'When it was added, or last played.' }) at!: string | null;
  @Field(() => BigInt53, { nullable: true }) positionMs!: number | null;
}

@ObjectType('FavoriteCount')
export class FavoriteCountObject {
  @Field(() => IndexedTypeEnum) type!: IndexedType;
  @Field(() => Int) count!: number;
}

@ObjectType('Discovery', { description: 'What a media server shows one person on its first page.' })
export class DiscoveryObject implements Discovery {
  @Field(() => [ListedItemObject]) latest!: ListedItemObject[];
  @Field(() => [ListedItemObject]) resume!: ListedItemObject[];
  @Field(() => [ListedItemObject]) nextUp!: ListedItemObject[];
  @Field(() => [FavoriteCountObject], { description: 'Empty where the vendor has no favorites.' }) favorites!: FavoriteCountObject[];
}

@ObjectType('Playlist')
export class PlaylistObject implements Playlist {
  @Field() vendorId!: string;
  @Field() name!: string;
  @Field(() => String, { nullable: true, description: 'Owner; null for a playlist of the server.' }) userId!: string | null;
  @Field(() => PlaylistMediaTypeEnum) mediaType!: Playlist['mediaType'];
  @Field(() => Int, { nullable: true }) itemCount!: number | null;
  @Field(() => BigInt53, { nullable: true }) durationMs!: number | null;
  @Field({ description: 'Filled by rules of the server: cannot be written item by item.' }) smart!: boolean;
}

@ObjectType('Collection')
export class CollectionObject implements Collection {
  @Field() vendorId!: string;
  @Field() name!: string;
  @Field(() => String, { nullable: true }) libraryVendorId!: string | null;
  @Field(() => Int, { nullable: true }) itemCount!: number | null;
  @Field() smart!: boolean;
}

@ObjectType('SubtitleCandidate')
export class SubtitleCandidateObject implements SubtitleCandidate {
  @Field() vendorId!: string;
  @Field() title!: string;
  @Field(() => String, { nullable: true }) provider!: string | null;
  @Field(() => String, { nullable: true }) language!: string | null;
  @Field(() => String, { nullable: true }) format!: string | null;
  @Field(() => Boolean, { nullable: true }) hearingImpaired!: boolean | null;
  @Field(() => Boolean, { nullable: true }) forced!: boolean | null;
  @Field(() => Int, { nullable: true }) downloads!: number | null;
}

@ObjectType('MetadataHealthExample')
export class MetadataHealthExampleObject {
  @Field() itemId!: string;
  @Field() title!: string;
  @Field(() => [MissingMetadataEnum]) missing!: Missing[];
}

@ObjectType('MetadataHealth', { description: 'How well the titles of a library are described; null = the vendor cannot tell at a bearable price.' })
export class MetadataHealthObject implements MetadataHealth {
  @Field() libraryVendorId!: string;
  @Field(() => Int) items!: number;
  @Field(() => Int, { nullable: true }) missingPoster!: number | null;
  @Field(() => Int, { nullable: true }) missingOverview!: number | null;
  @Field(() => Int, { nullable: true }) missingIds!: number | null;
  @Field(() => Int, { nullable: true }) missingSubtitles!: number | null;
  @Field(() => [MetadataHealthExampleObject], { description: 'Some of the worst, for a start.' }) examples!: MetadataHealthExampleObject[];
}
