import { registerEnumType } from '@nestjs/graphql';
import {
  ACTIVITY_TYPES,
  CONFIDENCES,
  CONTROL_OUTCOMES,
  DELIVERIES,
  DRAIN_MOVES,
  INDEXED_TYPES,
  ItemType,
  PLACEMENT_KINDS,
  PLACEMENT_VERDICTS,
  PLANNED_DELIVERIES,
  REFRESH_MODES,
  ROUTE_STATES,
  SERVER_KINDS,
  SERVER_ROLES,
  SERVER_STATES,
} from '@usher/contracts';
import { MATCH_TIERS, SUGGESTION_EVIDENCES } from '@usher/matching';

/** A GraphQL enum whose names are the upper-case forms of our own words and whose inner values are those words. */
export function enumOf<const V extends string>(name: string, values: readonly V[]): Readonly<Record<string, V>> {
  const members = Object.fromEntries(values.map((value) => [nameOf(value), value]));
  registerEnumType(members, { name });
  return members;
}

/** `playCount` and `play-count` are both PLAY_COUNT. */
function nameOf(value: string): string {
  return value.replace(/([a-z])([A-Z])/g, '$1_$2').toUpperCase().replace(/[-.]/g, '_');
}

export const SERVER_CONNECTIONS = ['direct', 'remote'] as const;
export type ServerConnection = (typeof SERVER_CONNECTIONS)[number];

export const NOTICE_STATES = ['planned', 'sending', 'ended', 'canceled'] as const;
export type NoticeState = (typeof NOTICE_STATES)[number];
/** `waiting`: handed to the outbox, not answered yet; `answered`: the agent reached everybody it could. */
export const DELIVERY_STATES = ['planned', 'waiting', 'answered', 'refused', 'expired', 'canceled'] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];
export const NOTICE_TARGET_KINDS = ['linked', 'servers', 'sessions'] as const;
export type NoticeTargetKind = (typeof NOTICE_TARGET_KINDS)[number];
export const REMOTE_ACTIONS = ['scan-library', 'refresh-library', 'refresh-item', 'restart-server'] as const;
export type RemoteAction = (typeof REMOTE_ACTIONS)[number];

export const ServerKindEnum = enumOf('ServerKind', SERVER_KINDS);
export const ServerStateEnum = enumOf('ServerState', SERVER_STATES);
export const ServerRoleEnum = enumOf('ServerRole', SERVER_ROLES);
export const ServerConnectionEnum = enumOf('ServerConnection', SERVER_CONNECTIONS);
export const OperatorRoleEnum = enumOf('OperatorRole', ['viewer', 'operator', 'superadmin']);
export const DeliveryEnum = enumOf('Delivery', DELIVERIES);
export const StreamStateEnum = enumOf('StreamState', ['playing', 'paused', 'buffering']);
export const LiveSourceEnum = enumOf('LiveSource', ['push', 'poll', 'none']);
export const NetworkEnum = enumOf('Network', ['lan', 'wan', 'relay', 'unknown']);
export const ItemTypeEnum = enumOf('ItemType', ItemType.options);
export const HardwareUseEnum = enumOf('HardwareUse', ['hardware', 'software', 'unknown']);
export const VideoRangeEnum = enumOf('VideoRange', ['sdr', 'hdr10', 'hdr10-plus', 'dolby-vision', 'hlg', 'unknown']);
export const SessionActionEnum = enumOf('SessionAction', ['pause', 'resume', 'seek', 'play', 'limit-bit-rate']);
export const ControlOutcomeEnum = enumOf('ControlOutcome', CONTROL_OUTCOMES);
export const ImportStatusEnum = enumOf('ImportStatus', ['create', 'update', 'same', 'error']);
export const StageVerdictEnum = enumOf('StageVerdict', ['ok', 'failed', 'skipped']);
export const IndexedTypeEnum = enumOf('IndexedType', INDEXED_TYPES);
export const MatchTierEnum = enumOf('MatchTier', MATCH_TIERS);
export const PlanStateEnum = enumOf('PlanState', ['checking', 'ready', 'failed']);
export const PlanStepEnum = enumOf('PlanStep', ['read-source', 'read-target', 'match', 'paths', 'space', 'watchers']);
export const PlanProblemSeverityEnum = enumOf('PlanProblemSeverity', ['blocker', 'warning', 'information']);
export const PathOriginEnum = enumOf('PathOrigin', ['suggested', 'given', 'missing']);
export const PathVerdictEnum = enumOf('PathVerdict', ['readable', 'unreadable', 'unknown']);
export const PlacementKindEnum = enumOf('PlacementKind', PLACEMENT_KINDS);
export const PlacementVerdictEnum = enumOf('PlacementVerdict', PLACEMENT_VERDICTS);
export const PlannedDeliveryEnum = enumOf('PlannedDelivery', PLANNED_DELIVERIES);
export const LoadConfidenceEnum = enumOf('LoadConfidence', CONFIDENCES);
export const DrainMoveEnum = enumOf('DrainMove', DRAIN_MOVES);
export const RouteStateEnum = enumOf('RouteState', ROUTE_STATES);
export const NoticeStateEnum = enumOf('NoticeState', NOTICE_STATES);
export const DeliveryStateEnum = enumOf('NoticeDeliveryState', DELIVERY_STATES);
export const NoticeTargetKindEnum = enumOf('NoticeTargetKind', NOTICE_TARGET_KINDS);
export const ActivityTypeEnum = enumOf('ActivityType', ACTIVITY_TYPES);
export const RefreshModeEnum = enumOf('RefreshMode', REFRESH_MODES);
export const RemoteActionEnum = enumOf('RemoteAction', REMOTE_ACTIONS);

/** What is claimed when accounts are joined; all but `operator` has to hold. */
export const IDENTITY_EVIDENCES = ['operator', 'email', 'plex'] as const;
export type IdentityEvidence = (typeof IDENTITY_EVIDENCES)[number];
/** `held`: kept, but equal to a verified address of somebody else. */
export const EMAIL_IMPORT_STATUSES = ['added', 'same', 'held', 'refused'] as const;
export type EmailImportStatus = (typeof EMAIL_IMPORT_STATUSES)[number];
export const IdentityEvidenceEnum = enumOf('IdentityEvidence', IDENTITY_EVIDENCES);
export const SuggestionEvidenceEnum = enumOf('IdentitySuggestionEvidence', SUGGESTION_EVIDENCES);
export const EmailImportStatusEnum = enumOf('EmailImportStatus', EMAIL_IMPORT_STATUSES);
