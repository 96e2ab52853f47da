/**
 * How surely two items are the same title, strongest first. A to C count as the same; D and E need a person's word;
 * X is a contradiction or cannot be decided.
 */
export const MATCH_TIERS = ['A', 'B', 'C', 'D', 'E', 'X'] as const;
export type MatchTier = (typeof MATCH_TIERS)[number];
