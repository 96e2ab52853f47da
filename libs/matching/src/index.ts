export { MATCH_TIERS, type MatchTier } from './tiers.js';
