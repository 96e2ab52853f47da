import { Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import type { IndexedType } from '@usher/contracts';
import type { MatchTier } from '@usher/matching';
import { IndexedTypeEnum, MatchTierEnum } from '../../graphql/enums.js';
import { PageInfoObject } from '../../graphql/page-info.graphql.js';
import { BigInt53, DateTime } from '../../graphql/scalars.js';

@ObjectType('ItemLocation', { description: 'One server that holds a title.' })
export class ItemLocationObject {
  @Field(() => ID) serverId!: string;
  @Field({ description: "The media server's own id of the item." }) vendorId!: string;
  @Field() libraryVendorId!: string;
  @Field() title!: string;
  @Field(() => String, { nullable: true, description: 'Of the file, as that server sees it; for role operator and above.' }) path!: string | null;
  @Field(() => BigInt53, { nullable: true, description: 'Null where the media server does not tell it in its lists.' }) sizeBytes!: number | null;
  @Field(() => BigInt53, { nullable: true }) durationMs!: number | null;
  @Field(() => Int, { nullable: true }) videoHeight!: number | null;
  @Field(() => MatchTierEnum, { nullable: true, description: 'How surely it is the same title as on the servers before it; null for the first one.' }) tier!: MatchTier | null;
  @Field(() => [String], { description: 'What the tier rests on, in words.' }) evidence!: string[];
  @Field(() => DateTime) readAt!: Date;
}

@ObjectType('Item', { description: 'A title as the fleet knows it: the same film, episode or track on every server that holds it.' })
export class ItemObject {
  @Field(() => ID) itemKey!: string;
  @Field(() => IndexedTypeEnum) type!: IndexedType;
  @Field() title!: string;
  @Field(() => String, { nullable: true, description: 'Series of an episode, album of a track.' }) parentTitle!: string | null;
  @Field(() => Int, { nullable: true, description: 'Season of an episode, disc of a track.' }) seasonNumber!: number | null;
  @Field(() => Int, { nullable: true, description: 'Number of an episode or a track.' }) episodeNumber!: number | null;
  @Field(() => Int, { nullable: true }) year!: number | null;
  @Field(() => BigInt53, { nullable: true }) durationMs!: number | null;
  @Field(() => [String], { description: 'For example imdb:tt0078748, tmdb:movie:348.' }) providerIds!: string[];
  @Field(() => [ItemLocationObject]) locations!: ItemLocationObject[];
}

@ObjectType('ItemEdge')
export class ItemEdgeObject {
  @Field(() => ItemObject) node!: ItemObject;
  @Field() cursor!: string;
}

@ObjectType('ItemConnection')
export class ItemConnectionObject {
  @Field(() => [ItemEdgeObject]) edges!: ItemEdgeObject[];
  @Field(() => PageInfoObject) pageInfo!: PageInfoObject;
  @Field(() => Int, { description: 'At most 10,000 are counted.' }) totalCount!: number;
}

@InputType()
export class ItemSearch {
  @Field(() => String, { nullable: true, description: 'Words of the title, of its series, or a provider id such as imdb:tt0078748.' }) text?: string | null;
  @Field(() => [ID], { nullable: true }) serverIds?: string[] | null;
  @Field(() => [IndexedTypeEnum], { nullable: true }) types?: IndexedType[] | null;
}

@ObjectType('TierCount')
export class TierCountObject {
  @Field(() => MatchTierEnum) tier!: MatchTier;
  @Field(() => Int) count!: number;
}

@ObjectType('LibraryOverlapRow')
export class LibraryOverlapRowObject {
  @Field() libraryVendorId!: string;
  @Field() libraryName!: string;
  @Field(() => Int, { description: 'Films, episodes and tracks of the source.' }) titles!: number;
  @Field(() => Int) onBoth!: number;
  @Field(() => Int) onlySource!: number;
  @Field(() => [TierCountObject]) tiers!: TierCountObject[];
}

@ObjectType('LibraryOverlap', { description: 'What two servers have in common, from the item index; tiers A to C only.' })
export class LibraryOverlapObject {
  @Field(() => ID) sourceServerId!: string;
  @Field(() => ID) targetServerId!: string;
  @Field(() => Int) titles!: number;
  @Field(() => Int) onBoth!: number;
  @Field(() => Int) onlySource!: number;
  @Field(() => Int) onlyTarget!: number;
  @Field(() => [TierCountObject]) tiers!: TierCountObject[];
  @Field(() => [LibraryOverlapRowObject]) libraries!: LibraryOverlapRowObject[];
  @Field(() => DateTime, { nullable: true, description: 'When the index of the source was read last; null = never.' }) sourceReadAt!: Date | null;
  @Field(() => DateTime, { nullable: true }) targetReadAt!: Date | null;
}
