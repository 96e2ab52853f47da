export { readRouterConfig, routerVars, type RouterConfig } from './config.js';
export { start, type RouterWiring, type StartedRouter } from './start.js';
// The pure part, for measurements.
export { choose, type Choice, type Decision } from './placement/choose.js';
export { costHere, knownSource, planDelivery, tableCost, DIRECT_COST, REMUX_COST, RENDITIONS, type KnownSource, type Plan } from './placement/cost.js';
export { keptInputs, replay } from './placement/replay.js';
export { capacityOf } from './placement/score.js';
