export { MATCH_TIERS, type MatchTier } from './tiers.js';
export { readIds, namespaceOf } from './provider-ids.js';
export { normalizeTitle } from './titles.js';
export { isWithin, normalizePath, pathKey, pathTail, segmentsOf, type NormalPath } from './paths.js';
export { PathMap, pathRowProblems, type PathRow, type PathRowProblem } from './path-map.js';
export { suggestPathMap, type PathPair, type SuggestedRow } from './path-suggestions.js';
export { compareIds, isCloseDuration, judgePair, type Circumstances, type Judgement, type Matchable } from './compare.js';
export { judgeOrder, type EpisodeOrder } from './episode-order.js';
export { matchInSteps, matchItems, type Match, type MatchOptions, type MatchResult, type OrderRow, type SeriesOrder } from './item-matcher.js';
