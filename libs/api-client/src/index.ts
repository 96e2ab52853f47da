/** Typed operations of the GraphQL API, generated for console and CLI. */
export * from './generated.js';
