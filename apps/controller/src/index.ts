export { controllerVars, readControllerConfig, type ControllerConfig } from './config.js';
export { start, type IssuedCode, type StartedController } from './start.js';
